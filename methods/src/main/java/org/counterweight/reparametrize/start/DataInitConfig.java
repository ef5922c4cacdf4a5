package org.counterweight.reparametrize.start;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.reparametrize.Selection;
import org.counterweight.train.part.Run;

/**
 * Settings of the data-dependent start: on one batch, layer by layer, every output gets mean 0 and a standard deviation of
 * {@code init_scale} before its nonlinearity. Beside {@code weight_norm} it sets the lengths g; as a method of its own it scales
 * plain weights, which is the fair baseline of Salimans and Kingma, "Weight Normalization", NIPS 2016, section 3.
 */
public record DataInitConfig(
        @Setting(value = "Standard deviation of each output at the start", defaultsTo = "1.0", range = "above 0")
        double initScale,

        @Setting(
                value = "Added to the variance under the root",
                defaultsTo = "1e-8",
                range = "at least 0; 1e-8 is usual")
        double eps,

        @Setting(
                value = "Rows that are measured, of the run's first",
                defaultsTo = "500",
                range = "at least 2; one row has no variance")
        int rows,

        @Setting(value = "Draw directions anew, from a normal distribution, before measuring", defaultsTo = "true")
        boolean resample,

        @Setting(value = "Standard deviation of that distribution", defaultsTo = "0.05", range = "above 0")
        double std,

        @Setting(
                value = "Names, or dotted endings of names, of the modules that are started so; empty for all",
                defaultsTo = "[]")
        List<String> targets)
        implements Reparametrization {

    public DataInitConfig {
        Checks.ranges(DataInitConfig.class, "data_init", initScale, eps, rows, std);
        targets = List.copyOf(targets);
    }

    @Override
    public boolean needsFreshWeights() {
        return true;
    }

    @Override
    public void check(Model model) {
        Selection.of(model, targets, List.of(), false);
    }

    /** The weights stay plain; they are scaled when the first batch is there. */
    @Override
    public Params attach(Model model, Params params) {
        check(model);
        return params;
    }

    @Override
    public Run join(Run run) {
        Selection selection = Selection.of(run.task().model(), targets, List.of(), false);
        return run.with(run.task().with(new DataInitialization(this, run, selection)));
    }

    @Override
    public String does() {
        return "started from the data";
    }

    @Override
    public String method() {
        return "data_init";
    }
}
