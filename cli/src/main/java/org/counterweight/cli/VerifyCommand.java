package org.counterweight.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.counterweight.data.fetch.Cache;
import org.counterweight.weights.Ledger;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks again at what a file of weights was made from. */
@Command(
        name = "verify",
        description = "Hashes again what weights were made from, and tells what has changed; status 1 if anything has.",
        footerHeading = "%nExample, after cw quickstart:%n",
        footer = "  ./cw verify runs/quickstart/merged")
final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PATH", description = "a .safetensors file, or a directory with such files")
    private Path path;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        boolean changed = false;
        boolean any = false;
        List<Path> files = files();
        if (files.isEmpty()) {
            throw new WeightsException(path, "holds no .safetensors file; of a run, name its adapter/ or merged/");
        }
        for (Path file : files) {
            Ledger ledger;
            try (SafetensorsFile weights = SafetensorsFile.open(file)) {
                ledger = Ledger.in(weights.metadata()).orElse(null);
            }
            if (ledger == null) {
                continue;
            }
            any = true;
            out.println(file);
            for (Ledger.Check check : ledger.verify(VerifyCommand::find)) {
                boolean found = check.found() != null;
                changed |= found && !check.agrees();
                out.println((!found ? "  not found  " : check.agrees() ? "  agrees     " : "  CHANGED    ")
                        + check.input().name());
            }
        }
        if (!any) {
            throw new WeightsException(path, "carries no ledger; only weights that cw wrote have one");
        }
        return changed ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    /** A file or directory of the user's comes before a name of the catalogue. */
    private static Path find(String name) {
        Path own = Path.of(name);
        return Files.exists(own) ? own : Cache.ofUser().find(name).orElse(own);
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }
}
