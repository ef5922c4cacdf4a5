package org.counterweight.graph.run;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.graph.Updates;
import org.counterweight.graph.domain.Alignment;
import org.counterweight.train.part.Plan;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;
import org.jspecify.annotations.Nullable;

/**
 * Settings of StruRW, in a recipe {@code reweigh_edges}: messages of a labelled graph are multiplied by how much more often their
 * pair of classes is linked in the graph where the model is to be used.
 *
 * <p>S. Liu et al., "Structural Re-weighting Improves Graph Domain Adaptation", ICML 2023.
 */
@Example(where = "in a recipe for cw run with task: node_classification and data.target", value = """
    reweigh_edges:
      lambda: 1.0
      freq: 15
      alignment: dann
    """)
public record StruRwConfig(
        @Setting(
                value = "How strongly ratios are applied: 0 is plain training, 1 the full ratio",
                defaultsTo = "0.5",
                range = "[0, 1]; 0 is plain, 1 the full ratio")
        double lambda,

        @Setting(
                value = "The epoch, from 0 on, in which edges are weighed first; null after two thirds of the run",
                defaultsTo = "null",
                range = "at least 0")
        @Nullable
        Integer startEpoch,

        @Setting(
                value = "Epochs from one estimate to the next",
                defaultsTo = "20",
                range = "at least 1; 10 to 20 is usual")
        int freq,

        @Setting(
                value = "How these two are read: from start_epoch on, or as the authors' code or PyGDA counts",
                defaultsTo = "\"aligned\"",
                oneOf = {"aligned", "official", "pygda"})
        Updates.Rule schedule,

        @Setting(
                value = "How classes are compared: counted, pair_align, or none for what stands in alignment alone",
                defaultsTo = "\"counted\"")
        PairEstimate estimate,

        @Setting(
                value = "Labels of the target that the estimate may use in place of predictions: none; valid, those to"
                        + " choose by; oracle, all, which is no result",
                defaultsTo = "\"none\"",
                oneOf = {"none", "valid", "oracle"})
        TargetLabels targetLabels,

        @Setting(
                value = "What brings the domains together besides: none, dann, cdan, mmd or mixup",
                defaultsTo = "\"none\"")
        Alignment alignment)
        implements RunPart {
    static final String KEY = "reweigh_edges";

    public StruRwConfig {
        Checks.ranges(StruRwConfig.class, KEY, lambda, startEpoch, freq);
    }

    /** In which epochs of such a run edges are weighed. */
    Updates updates(int epochs) {
        return new Updates(schedule, startEpoch == null ? 2 * epochs / 3 : startEpoch, freq);
    }

    @Override
    public void check(Plan plan) {
        int epochs = plan.config().epochs();
        if (startEpoch != null && startEpoch >= epochs) {
            throw new ConfigException(
                    KEY + ".start_epoch", startEpoch, "below train.epochs, which is " + epochs + "; or train longer");
        }
    }

    @Override
    public void check(Run run) {
        EdgeReweighing.check(this, run);
    }

    @Override
    public Run join(Run run) {
        return EdgeReweighing.joined(this, run);
    }

    @Override
    public boolean needsClasses() {
        return true;
    }

    @Override
    public String undivided() {
        return "learns from whole graphs";
    }

    @Override
    public boolean needsDomains() {
        return true;
    }

    @Override
    public List<String> files() {
        return EdgeWeightFiles.NAMES;
    }

    @Override
    public String method() {
        return "strurw";
    }

    @Override
    public String does() {
        return estimate.weighs() ? "learnt on edges weighed as the target links its classes" : "";
    }
}
