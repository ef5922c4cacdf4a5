package org.counterweight.cli.about;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.model.adapter.AdapterDirectory;
import org.counterweight.jobs.model.adapter.AdapterSummary;
import org.counterweight.report.Text;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.ledger.Ledger;
import org.counterweight.weights.quantised.Quantisation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what lies in a file of weights or a directory, from its header alone. */
@Command(
        name = "inspect",
        description = "Shows the tensors of a file or directory, its metadata, and its ledger.",
        footerHeading = "%nExample, after cw quickstart:%n",
        footer = "  ./cw inspect runs/quickstart/adapter")
public final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PATH",
            description =
                    "a .safetensors file, a model's or an adapter's directory, or a model's name in the catalogue")
    private Path path;

    @Option(
            names = "--all",
            description = "list every tensor, instead of one line for those that are alike in all layers")
    private boolean all;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        AdapterDirectory adapter = AdapterDirectory.at(path);
        Path model = adapter == null ? Sources.local(path) : adapter.weights();
        try (ModelDirectory weights = ModelDirectory.open(model)) {
            tensors(out, weights);
            Quantisation.of(weights)
                    .ifPresent(found -> out.println(Text.hanging(
                            "\nQuantised   ",
                            found.kind() + ", as " + found.seen() + " shows; other commands refuse the model")));
            if (adapter != null) {
                out.println();
                out.println("Adapter");
                AdapterSummary.of(adapter, weights.tensors().values())
                        .forEach((what, value) ->
                                out.println(Text.hanging(String.format(Locale.ROOT, "  %-12s", what), value)));
            }
            Ledger.in(weights.metadata()).ifPresent(ledger -> ledger(out, ledger));
        }
        return 0;
    }

    private void tensors(PrintWriter out, ModelDirectory weights) {
        Map<String, List<TensorInfo>> groups = new LinkedHashMap<>();
        for (TensorInfo info : weights.tensors().values()) {
            String name = all ? info.name() : info.name().replaceAll("\\.\\d+\\.", ".*.");
            groups.computeIfAbsent(
                            name + '\u0000' + info.dtype() + Arrays.toString(info.shape()), key -> new ArrayList<>())
                    .add(info);
        }
        long elements = 0;
        long bytes = 0;
        for (TensorInfo info : weights.tensors().values()) {
            elements += info.elements();
            bytes += info.bytes();
        }
        out.printf(
                Locale.ROOT,
                "%,d tensors, %,d parameters, %s%n%n",
                weights.tensors().size(),
                elements,
                Text.bytes(bytes));
        groups.forEach((key, infos) -> out.printf(
                Locale.ROOT,
                "  %-4s %-14s %4s  %s%n",
                infos.get(0).dtype(),
                Arrays.stream(infos.get(0).shape()).mapToObj(Long::toString).collect(Collectors.joining(" × ")),
                infos.size() == 1 ? "" : infos.size() + " ×",
                key.substring(0, key.indexOf('\u0000'))));
    }

    private static void ledger(PrintWriter out, Ledger ledger) {
        out.println();
        out.println("Ledger");
        out.println("  made by   " + ledger.madeBy());
        out.println("  method    " + ledger.method());
        ledger.inputs().forEach(input -> out.println("  input     " + input.name() + "  sha256 " + input.sha256()));
        if (ledger.seed() != null) {
            out.println("  seed      " + ledger.seed());
        }
        out.println(Text.hanging("  settings  ", ledger.config().toString()));
    }
}
