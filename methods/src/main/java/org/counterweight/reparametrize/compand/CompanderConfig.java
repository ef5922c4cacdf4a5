package org.counterweight.reparametrize.compand;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.reparametrize.EffectiveDecay;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.reparametrize.Selection;
import org.counterweight.reparametrize.compand.Compander.Form;
import org.counterweight.reparametrize.compand.CompanderStart.Init;
import org.counterweight.train.Task;
import org.counterweight.train.optimize.GroupConfig;
import org.counterweight.train.part.Run;
import org.jspecify.annotations.Nullable;

/** Settings of {@link Compander}. */
public record CompanderConfig(
        @Setting(
                value = "The function of the latent weight; identity is plain training",
                defaultsTo = "\"arctan\"",
                oneOf = {"arctan", "tanh", "softsign", "identity"})
        Psi psi,

        @Setting(
                value = "a, which sets the bound, in standard deviations of the weight at the start",
                defaultsTo = "1.5",
                range = "above 0; 0.5 to 4 is usual")
        double aScale,

        @Setting(
                value = "b, the width of the linear zone, in the same",
                defaultsTo = "1.5",
                range = "above 0; 0.5 to 4 is usual")
        double bScale,

        @Setting(value = "a itself, in place of a_scale; with b", defaultsTo = "null", range = "above 0") @Nullable
        Double a,

        @Setting(value = "b itself, in place of b_scale; with a", defaultsTo = "null", range = "above 0") @Nullable
        Double b,

        @Setting(
                value = "Take the weight for the latent one, or what the function makes the weight of",
                defaultsTo = "\"direct\"",
                oneOf = {"direct", "inverse"})
        Init init,

        @Setting(
                value = "Weights beyond this share of the bound are moved there before the inverse; null refuses any"
                        + " beyond the bound",
                defaultsTo = "0.95",
                range = "(0, 1); 0.95 is usual")
        @Nullable
        Double clip,

        @Setting(value = "Learn a and b too", defaultsTo = "false")
        boolean learnAb,

        @Setting(
                value = "How a and b are stored: as they are, or as logarithms; null for log where they are learnt",
                defaultsTo = "null",
                oneOf = {"raw", "log"})
        @Nullable
        Form paramForm,

        @Setting(
                value = "Their learning rate, as a share of train.lr: their gradients sum over all weights",
                defaultsTo = "0.01",
                range = "above 0")
        double abLr,

        @Setting(
                value = "What has a pair of its own: each weight, each output of it, or the model",
                defaultsTo = "\"tensor\"",
                oneOf = {"tensor", "channel", "global"})
        PairScope abScope,

        @Setting(
                value = "What train.weight_decay acts on: the latent weight, w, the weight in effect, or neither",
                defaultsTo = "\"v\"",
                oneOf = {"v", "w", "none"})
        Decay decayOn,

        @Setting(
                value = "Names, or dotted endings of names, of the modules whose weights are companded; empty for all"
                        + " linear, convolution and recurrent ones",
                defaultsTo = "[]")
        List<String> targets,

        @Setting(value = "The same, of modules that are left out", defaultsTo = "[]")
        List<String> exclude,

        @Setting(value = "Compand embedding tables too", defaultsTo = "false")
        boolean embeddings,

        @Setting(value = "Leave out the first and the last module", defaultsTo = "false")
        boolean skipEnds,

        @Setting(
                value = "Epochs of plain training before; then the latent weights are the inverse, so that no weight"
                        + " moves",
                defaultsTo = "0",
                range = "at least 0")
        int startEpoch,

        @Setting(
                value = "a and b start this many times as large, near the identity, and shrink to their values by the"
                        + " end",
                defaultsTo = "1.0",
                range = "at least 1; 1 for not at all")
        double anneal,

        @Setting(
                value = "Also train plain weights with each of these weight decays first, and report the best beside"
                        + " the result",
                defaultsTo = "[]",
                range = "each at least 0")
        List<Double> plainDecays)
        implements Reparametrization {

    /** What has a pair of a and b of its own. */
    public enum PairScope {
        TENSOR,
        CHANNEL,
        GLOBAL
    }

    /** What decays. */
    public enum Decay {
        V,
        W,
        NONE
    }

    public CompanderConfig {
        Checks.ranges(
                CompanderConfig.class,
                "weight_compander",
                aScale,
                bScale,
                a,
                b,
                clip,
                abLr,
                startEpoch,
                anneal,
                plainDecays);
        if ((a == null) != (b == null)) {
            throw new ConfigException("weight_compander: a and b are set together: " + (a == null ? "b" : "a")
                    + " is given and " + (a == null ? "a" : "b") + " is not");
        }
        if (learnAb && anneal > 1) {
            throw new ConfigException("weight_compander.anneal", anneal, "1.0 with learn_ab: either moves a and b");
        }
        if (startEpoch > 0 && abScope == PairScope.GLOBAL) {
            throw new ConfigException("weight_compander.ab_scope", "global", "tensor or channel with start_epoch");
        }
        if (startEpoch > 0 && anneal > 1) {
            throw new ConfigException("weight_compander.anneal", anneal, "1.0 with start_epoch");
        }
        targets = List.copyOf(targets);
        exclude = List.copyOf(exclude);
        plainDecays = List.copyOf(plainDecays);
    }

    /** How a and b are kept. */
    Form form() {
        return paramForm != null ? paramForm : learnAb ? Form.LOG : Form.RAW;
    }

    CompanderStart start() {
        return new CompanderStart(psi, init, clip);
    }

    private Selection selection(Model model) {
        Selection all = Selection.of(model, targets, exclude, embeddings);
        if (!skipEnds) {
            return all;
        }
        Selection inner = all.inner();
        if (inner.modules().isEmpty()) {
            throw new ConfigException(
                    "weight_compander.skip_ends", true, "false: there is nothing between the ends of " + all.summary());
        }
        return inner;
    }

    @Override
    public void check(Model model) {
        selection(model);
    }

    @Override
    public Params attach(Model model, Params params) {
        Selection selection = selection(model);
        return new Companding(this, selection).attach(params);
    }

    @Override
    public Run join(Run run) {
        Selection selection = selection(run.task().model());
        Task task = run.task().with(new CompanderTrace(this, selection));
        double decay = run.config().weightDecay();
        if (decayOn == Decay.W && decay > 0) {
            task = task.with(new EffectiveDecay(selection.weights(), decay));
        }
        return run.with(task).with(run.config().withGroups(groups(run.config().lr())));
    }

    private List<GroupConfig> groups(double lr) {
        var groups = new ArrayList<GroupConfig>();
        if (learnAb) {
            var pair = new Compander.Pair(form(), true, abScope == PairScope.GLOBAL);
            String owner = abScope == PairScope.GLOBAL ? "" : "*parametrizations.*.";
            groups.add(new GroupConfig(owner + pair.a(), abLr * lr, 0.0));
            groups.add(new GroupConfig(owner + pair.b(), abLr * lr, 0.0));
        }
        if (decayOn != Decay.V) {
            groups.add(new GroupConfig("*parametrizations.*." + Compander.V, null, 0.0));
        }
        return groups;
    }

    /** Where a and b, or the function itself, come in time, they begin anew. */
    @Override
    public boolean goesOn() {
        return anneal == 1 && startEpoch == 0;
    }

    @Override
    public String method() {
        return "weight_compander";
    }

    @Override
    public String does() {
        return "companded by " + psi.name().toLowerCase(Locale.ROOT);
    }
}
