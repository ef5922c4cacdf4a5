package org.counterweight.cli.merge;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.counterweight.cli.option.Force;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.merge.AdapterMerge;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Merges an adapter into its model. */
@Command(
        name = "merge-adapter",
        description = "Computes an adapter into a model's weights, and writes a model that needs no adapter.",
        footerHeading = "%nExample:%n",
        footer = "  ./cw merge-adapter models/base runs/quickstart/adapter models/merged")
public final class MergeAdapterCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL", description = "the base model's directory, or name in the catalogue")
    private Path model;

    @Parameters(
            index = "1",
            paramLabel = "ADAPTER",
            description = "the adapter's directory, in any format that cw run writes")
    private Path adapter;

    @Parameters(index = "2", paramLabel = "OUT", description = "the directory to write")
    private Path out;

    @Mixin
    private Overwrite overwrite;

    @Mixin
    private Force force;

    @Override
    public Integer call() {
        overwrite.check(out, "OUT");
        Destination.checkApart(out, List.of(model, adapter), "OUT");
        overwrite.checkContents(out, "OUT");
        Path base = Sources.local(model);
        force.check(base, adapter);
        new AdapterMerge(base, adapter)
                .write(out)
                .forEach(line -> spec.commandLine().getErr().println(line));
        spec.commandLine().getOut().println("Merged model   " + out);
        return 0;
    }
}
