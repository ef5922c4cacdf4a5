package org.counterweight.cli.about;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.counterweight.datasets.Cache;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.ledger.Ledger;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks again at what a file of weights was made from. */
@Command(
        name = "verify",
        description =
                "Rehashes what weights were made from, and reports what has changed; exit status 1 if anything has,"
                        + " or is missing.",
        footerHeading = "%nExample, after cw quickstart:%n",
        footer = "  ./cw verify runs/quickstart/merged")
public final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PATH", description = "a .safetensors file, a directory with such files, or a whole run")
    private Path path;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<Path> files = files();
        if (files.isEmpty()) {
            throw new WeightsException(path, "holds no .safetensors file, and no adapter/ or merged/ of a run");
        }
        var ledgers = new LinkedHashMap<Ledger, List<Path>>(); // all shards of a model have the same
        for (Path file : files) {
            try (SafetensorsFile weights = SafetensorsFile.open(file)) {
                Ledger.in(weights.metadata())
                        .ifPresent(ledger -> ledgers.computeIfAbsent(ledger, key -> new ArrayList<>())
                                .add(file));
            }
        }
        if (ledgers.isEmpty()) {
            throw new WeightsException(path, "carries no ledger; only weights that cw wrote have one");
        }
        boolean agree = true;
        boolean found = true;
        for (var entry : ledgers.entrySet()) {
            entry.getValue().forEach(out::println);
            for (Ledger.Check check : entry.getKey().verify(this::find)) {
                boolean there = check.found() != null;
                found &= there;
                agree &= check.agrees();
                out.println((!there ? "  not found  " : check.agrees() ? "  agrees     " : "  CHANGED    ")
                        + check.input().name());
            }
        }
        if (!found) {
            spec.commandLine()
                    .getErr()
                    .println("What is not found is looked for by the name that it had, here and in the directories"
                            + " around "
                            + path + ".");
        }
        return agree ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /**
     * A file or directory of the user's comes before a name of the catalogue. Names are as they were given where the work was
     * done, which is mostly one of the directories around the result.
     */
    private Path find(String name) {
        Path own = Path.of(name);
        if (Files.exists(own)) {
            return own;
        }
        for (Path around = path.toAbsolutePath().normalize(); around != null; around = around.getParent()) {
            Path there = around.resolve(name);
            if (Files.exists(there)) {
                return there;
            }
        }
        return Cache.ofUser().find(name).orElse(own);
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        if (Files.exists(path.resolve(ModelDirectory.INDEX))) { // then every shard must be there
            try (ModelDirectory model = ModelDirectory.open(path)) {
                return model.files();
            }
        }
        try (Stream<Path> entries = Files.walk(path, 2)) { // of a run: what lies in adapter/ and merged/
            return entries.filter(file -> file.toString().endsWith(".safetensors"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }
}
