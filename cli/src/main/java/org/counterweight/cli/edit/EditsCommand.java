package org.counterweight.cli.edit;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.edit.EditsChange;
import org.counterweight.jobs.model.EditsDirectory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the edits of a model, and takes some back. */
@Command(
        name = "edits",
        description = {
            "Lists the edits that cw edit made: id, radius, how far the nearest other key is, label tokens and text.",
            "Deletes, undoes or merges edits into another directory; the model is not needed, and does not change."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  ./cw edits runs/edits", "  ./cw edits runs/edits --delete 3 --output runs/fewer"})
public final class EditsCommand implements Callable<Integer> {
    private static final int SHOWN = 60;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "what cw edit wrote")
    private Path directory;

    @Option(names = "--delete", split = ",", paramLabel = "ID", description = "entries to delete")
    private List<Long> delete = List.of();

    @Option(
            names = "--restore-radius",
            description =
                    "give the entry that was split for a deleted one its former radius, if it was not split again")
    private boolean restoreRadius;

    @Option(names = "--rollback", paramLabel = "N", description = "undo the last N edits")
    private int rollback;

    @Option(
            names = "--merge",
            paramLabel = "DIR",
            description = "add the edits of another directory, of the same model")
    private @Nullable Path merge;

    @Option(names = "--output", paramLabel = "DIR", description = "where the changed edits go")
    private @Nullable Path output;

    @Mixin
    private Overwrite overwrite;

    @Override
    public Integer call() {
        CodebookFile file = EditsDirectory.open(directory).codebook();
        var change = new EditsChange(delete, restoreRadius, rollback, merge);
        if (change.isEmpty() != (output == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    output == null
                            ? "name a directory for the changed edits with --output; " + directory + " is only read"
                            : "--output is where changed edits go; add --delete, --rollback or --merge");
        }
        if (output == null) {
            list(file);
            return 0;
        }
        overwrite.check(output, "--output");
        Destination.checkApart(
                output, Stream.of(directory, merge).filter(path -> path != null).toList(), "--output");
        overwrite.checkContents(output, "--output");
        CodebookFile changed = change.of(file);
        EditsChange.write(changed, output);
        list(changed);
        return 0;
    }

    private void list(CodebookFile file) {
        PrintWriter out = spec.commandLine().getOut();
        Codebook book = file.state().book();
        out.println(book.size() + " entries at " + file.layer() + ", of "
                + file.state().history().edits() + " edits that can be undone");
        if (!book.isEmpty()) {
            out.printf(
                    "%6s %12s %12s %12s  %-20s %-12s %s%n",
                    "id", "radius", "key norm", "nearest", "made", "label", "text");
        }
        for (int place = 0; place < book.size(); place++) {
            Entry entry = book.entries().get(place);
            out.printf(
                    Locale.ROOT,
                    "%6d %12.5g %12.5g %12s  %-20s %-12s %s%n",
                    entry.id(),
                    entry.radius(),
                    book.distance().between(entry.key(), new double[entry.key().length]),
                    nearest(book, place),
                    Instant.ofEpochSecond(entry.time() / 1000),
                    Arrays.stream(entry.label()).mapToObj(String::valueOf).collect(Collectors.joining(" ")),
                    shown(entry.source()));
        }
        out.flush();
    }

    private static String nearest(Codebook book, int place) {
        double least = book.toNearestOther(place);
        return Double.isFinite(least) ? String.format(Locale.ROOT, "%.5g", least) : "-";
    }

    private static String shown(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN - 1) + "…";
    }
}
