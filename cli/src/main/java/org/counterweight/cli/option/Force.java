package org.counterweight.cli.option;

import java.nio.file.Path;
import org.counterweight.datasets.Cache;
import org.counterweight.jobs.model.adapter.AdapterBase;
import picocli.CommandLine.Option;

/** The option {@code --force} of commands that put an adapter on a model, and what is refused without it. */
public final class Force {
    @Option(
            names = "--force",
            description =
                    "attach the adapter even to a model that it was not made for, or that it is already merged into")
    private boolean force;

    /** Refuses a model that is not the adapter's own. */
    public void check(Path model, Path adapter) {
        if (!force) {
            new AdapterBase(model, adapter, Cache.ofUser().digests()::sha256).check();
        }
    }
}
