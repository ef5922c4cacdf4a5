package org.counterweight.reparametrize.norm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.reparametrize.EffectiveDecay;
import org.counterweight.reparametrize.MeanOnly;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.reparametrize.Reparametrized;
import org.counterweight.reparametrize.Selection;
import org.counterweight.reparametrize.start.DataInitConfig;
import org.counterweight.reparametrize.start.DataInitialization;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.optimize.GroupConfig;
import org.counterweight.train.part.Run;
import org.jspecify.annotations.Nullable;

/** Settings of {@link WeightNorm}. */
public record WeightNormConfig(
        @Setting(
                value = "Names, or dotted endings of names, of the modules whose weights are normalised; empty for all"
                        + " linear, convolution and recurrent ones",
                defaultsTo = "[]")
        List<String> targets,

        @Setting(value = "The same, of modules that are left out", defaultsTo = "[]")
        List<String> exclude,

        @Setting(value = "Normalise the rows of embedding tables too", defaultsTo = "false")
        boolean embeddings,

        @Setting(
                value = "The dimension along which each place has a length; null for each output, -1 for one of the"
                        + " whole weight",
                defaultsTo = "null",
                range = "at least -1; -1 is one length of the whole weight, else a dimension of every weight")
        @Nullable
        Integer dim,

        @Setting(
                value = "How a length is trained: as itself, or as its logarithm",
                defaultsTo = "\"g\"",
                oneOf = {"g", "log"})
        WeightNorm.Form paramForm,

        @Setting(
                value = "Train g and v in place of the weights, or plain weights by the steps that g and v would take",
                defaultsTo = "\"parametrization\"",
                oneOf = {"parametrization", "optimizer"})
        Mode mode,

        @Setting(
                value = "What train.weight_decay acts on: nothing, g, v, or w, the weight in effect",
                defaultsTo = "\"none\"",
                oneOf = {"none", "g", "v", "w"})
        Decay decay,

        @Setting(
                value = "Take the mean over the batch from what each module with a bias gives, a running mean in"
                        + " evaluation",
                defaultsTo = "false")
        boolean meanOnlyBn,

        @Setting(
                value = "A batch's share in the running mean after it",
                defaultsTo = "0.1",
                range = "(0, 1]; 0.1 is usual")
        double momentum,

        @Setting(
                value = "What a row of zeros means, which has no direction",
                defaultsTo = "\"error\"",
                oneOf = {"error", "keep_zero"})
        Lengths.ZeroNorm zeroNorm,

        @Setting(
                value = "How reparametrized/ spells g and v: as PyTorch's parametrizations, or as its older hooks",
                defaultsTo = "\"parametrizations\"",
                oneOf = {"parametrizations", "hook"})
        Style style,

        @Setting(
                value = "Start from the first rows, with these settings; for fresh weights. null for no such start",
                defaultsTo = "null")
        @Nullable
        DataInitConfig dataInit)
        implements Reparametrization {

    /** How the keys of g and v are spelt in files. */
    public enum Style {
        /** {@code a.parametrizations.weight.original0} and {@code original1}. */
        PARAMETRIZATIONS,
        /** {@code a.weight_g} and {@code a.weight_v}. */
        HOOK
    }

    /** Where g and v are. */
    public enum Mode {
        PARAMETRIZATION,
        OPTIMIZER
    }

    /** What decays. */
    public enum Decay {
        NONE,
        G,
        V,
        W
    }

    public WeightNormConfig {
        Checks.ranges(WeightNormConfig.class, "weight_norm", dim, momentum);
        targets = List.copyOf(targets);
        exclude = List.copyOf(exclude);
        if (mode == Mode.OPTIMIZER && meanOnlyBn) {
            throw new ConfigException(
                    "weight_norm.mean_only_bn",
                    true,
                    "false with mode: optimizer, which leaves the" + " forward pass as it is");
        }
        if (mode == Mode.OPTIMIZER && paramForm == WeightNorm.Form.LOG) {
            throw new ConfigException("weight_norm.param_form", "log", "g with mode: optimizer");
        }
    }

    private Selection selection(Model model) {
        return Selection.of(model, targets, exclude, embeddings);
    }

    /** How the weight of a module is measured. */
    private Lengths lengths(ModuleSpec spec) {
        long own = spec.layout().outDim();
        return new Lengths(dim == null ? own : dim, zeroNorm);
    }

    @Override
    public @Nullable String undivided() {
        return meanOnlyBn ? "takes with mean_only_bn means over all rows of a batch" : null;
    }

    @Override
    public boolean needsFreshWeights() {
        return dataInit != null;
    }

    @Override
    public void check(Model model) {
        Map<String, long[]> shapes = model.shapes();
        Selection selection = selection(model);
        for (ModuleSpec spec : selection.modules()) {
            for (String weight : spec.weights()) {
                lengths(spec).check(weight, Objects.requireNonNull(shapes.get(weight), weight));
            }
        }
        if (dataInit != null) {
            dataInit.check(model);
            for (ModuleSpec spec : selection.modules()) {
                if (lengths(spec).dim() != spec.layout().outDim()) {
                    throw new ConfigException(
                            "weight_norm.dim",
                            dim,
                            "null with data_init, which sets a length for each" + " output of " + spec.name());
                }
            }
        }
        if (meanOnlyBn && selection.modules().stream().noneMatch(spec -> isCentred(spec, shapes.keySet()))) {
            throw new ConfigException(
                    "weight_norm.mean_only_bn",
                    true,
                    "false: no module here has a bias of its own, which" + " the mean would be folded into");
        }
    }

    private static boolean isCentred(ModuleSpec spec, Set<String> names) {
        return spec.kind() != Kind.RECURRENT && spec.kind() != Kind.EMBEDDING && names.contains(spec.name() + ".bias");
    }

    @Override
    public Params attach(Model model, Params params) {
        check(model);
        Selection selection = selection(model);
        refuseParametrized(selection, params);
        if (mode == Mode.OPTIMIZER) {
            return params;
        }
        var placed = new LinkedHashMap<String, Parametrization>();
        var bases = new LinkedHashMap<String, Tensor>();
        for (ModuleSpec spec : selection.modules()) {
            for (String name : spec.weights()) {
                Tensor weight = wide(Objects.requireNonNull(params.weights().get(name), name));
                WeightNorm latent = WeightNorm.of(name, weight, paramForm, lengths(spec));
                String part = name.substring(spec.name().length() + 1);
                placed.put(name, new Reparametrized(latent, part, spec.layout(), centred(spec, params)).placed());
                bases.put(name, latent.v().detach()); // of no memory of its own; says shape and type
            }
        }
        return params.replacing(bases).parametrized(placed);
    }

    /** What is trained has float32 at least. */
    private static Tensor wide(Tensor weight) {
        if (!weight.is_floating_point()) {
            throw new ConfigException("weight_norm: a weight of "
                    + weight.dtype().name().getString() + " cannot be trained; take a model that is not quantised");
        }
        return weight.element_size() < Float.BYTES ? weight.to(ScalarType.Float) : weight;
    }

    private static void refuseParametrized(Selection selection, Params params) {
        for (String name : selection.weights()) {
            if (params.parametrizations().containsKey(name)) {
                throw new ConfigException("weight_norm: " + name
                        + " is parametrized already; normalise the weights first, or leave the other method out");
            }
        }
    }

    private @Nullable MeanOnly centred(ModuleSpec spec, Params params) {
        if (!meanOnlyBn || !isCentred(spec, params.weights().keySet())) {
            return null;
        }
        Tensor bias = Objects.requireNonNull(params.weights().get(spec.name() + ".bias"));
        return new MeanOnly(spec.name(), Tensors.zeros(bias.numel()).to(bias.device(), bias.scalar_type()), momentum);
    }

    @Override
    public Run join(Run run) {
        Selection selection = selection(run.task().model());
        Task task = run.task();
        if (dataInit != null) {
            Selection started = dataInit.targets().isEmpty()
                    ? Selection.of(task.model(), List.of(), List.of(), false)
                    : Selection.of(task.model(), dataInit.targets(), List.of(), false);
            task = task.with(new DataInitialization(dataInit, run, started));
        }
        TrainConfig config = run.config();
        if (decay == Decay.W && config.weightDecay() > 0) {
            task = task.with(new EffectiveDecay(selection.weights(), config.weightDecay()));
        }
        if (mode == Mode.OPTIMIZER) {
            var steps = new NormalizedSteps(this, selection, task.params(), config);
            return run.with(task.with(steps));
        }
        return run.with(task.with(new WeightNormTrace(selection, meanOnlyBn))).with(config.withGroups(groups()));
    }

    /** How the lengths of one module's weights are measured, for who trains them otherwise. */
    Lengths measured(ModuleSpec spec) {
        return lengths(spec);
    }

    /** Decay of g and v, which are matrices and would decay as such. */
    private List<GroupConfig> groups() {
        var groups = new ArrayList<GroupConfig>();
        if (decay != Decay.G) {
            groups.add(undecayed(paramForm == WeightNorm.Form.LOG ? WeightNorm.LOG_G : WeightNorm.G));
        }
        if (decay != Decay.V) {
            groups.add(undecayed(WeightNorm.V));
        }
        return groups;
    }

    private static GroupConfig undecayed(String tensor) {
        return new GroupConfig("*parametrizations.*." + tensor, null, 0.0);
    }

    @Override
    public String method() {
        return "weight_norm";
    }

    @Override
    public String does() {
        return "each as a length and a direction";
    }
}
