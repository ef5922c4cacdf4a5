package org.counterweight.cli.ask;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.compare.Comparison;
import org.counterweight.jobs.compare.ComparisonPage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Holds runs against one another. */
@Command(
        name = "reports",
        description = {
            "Compares runs: settings that differ, ranked figures, curves in one plot.",
            "Prints a table; with --output, writes a self-contained page."
        },
        footerHeading = "%nExample, after cw quickstart:%n",
        footer = "  ./cw reports runs --by macro_f1 --output runs/reports.html")
public final class ReportsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "directory with outputs of cw run, at most five levels down")
    private Path directory;

    @Option(
            names = "--by",
            paramLabel = "FIGURE",
            description = "the figure to rank by (default: best_by of each task's first run)")
    private @Nullable String by;

    @Option(names = "--output", paramLabel = "FILE", description = "write a page there, .html")
    private @Nullable Path output;

    @Override
    public Integer call() {
        if (output != null && !output.toString().endsWith(".html")) {
            throw new ConfigException("--output", output, "a name that ends in .html");
        }
        PrintWriter err = spec.commandLine().getErr();
        List<Comparison> tasks = Comparison.below(directory, by, err::println);
        err.flush();
        PrintWriter out = spec.commandLine().getOut();
        ComparisonPage.lines(tasks).forEach(out::println);
        if (output != null) {
            List<Path> runs =
                    tasks.stream().flatMap(task -> task.directories().stream()).toList();
            Destination.checkFile(output, runs, "--output");
            ComparisonPage.of(directory, tasks).write(output);
            out.println("wrote " + output);
        }
        out.flush();
        return 0;
    }
}
