package org.counterweight.reparametrize.compand;

import static org.counterweight.engine.Tensors.scalar;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.reparametrize.Reparametrized;
import org.counterweight.reparametrize.Selection;
import org.counterweight.reparametrize.compand.Compander.Form;
import org.counterweight.reparametrize.compand.CompanderConfig.PairScope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts companders in place of a model's weights. */
record Companding(CompanderConfig config, Selection selection) {
    private static final Logger LOG = LoggerFactory.getLogger(Companding.class);

    /** a and b as they are kept. */
    private record Kept(Tensor a, Tensor b) {}

    Params attach(Params params) {
        var weights = new LinkedHashMap<String, Tensor>();
        for (String name : selection.weights()) {
            if (params.parametrizations().containsKey(name)) {
                throw new ConfigException("weight_compander: " + name
                        + " is parametrized already; leave the other method out, or exclude the module");
            }
            weights.put(name, wide(name, Objects.requireNonNull(params.weights().get(name), name)));
        }
        try (var off = Tensors.noGrad()) {
            Kept global = config.abScope() == PairScope.GLOBAL ? global(weights) : null;
            var placed = new LinkedHashMap<String, Parametrization>();
            var bases = new LinkedHashMap<String, Tensor>();
            long clipped = 0;
            double moved = 0;
            for (ModuleSpec spec : selection.modules()) {
                for (String name : spec.weights()) {
                    Tensor weight = Objects.requireNonNull(weights.get(name));
                    Compander plain = plain(name, weight, spec, global);
                    CompanderStart.Started started = start(name, plain);
                    clipped += started.clipped();
                    moved = Math.max(moved, started.moved());
                    Compander latent =
                            plain.with(Map.of(Compander.V, started.v().requires_grad_(true)));
                    String part = name.substring(spec.name().length() + 1);
                    placed.put(name, new Reparametrized(latent, part, spec.layout(), null).placed());
                    bases.put(name, latent.v().detach()); // of no memory of its own; says shape and type
                }
            }
            if (clipped > 0) {
                LOG.warn(
                        "weight_compander: {} weights lay beyond {} of the bound and were moved there, by at most {};"
                                + " a larger a_scale keeps them",
                        clipped,
                        config.clip(),
                        moved);
            }
            return params.replacing(bases).parametrized(placed);
        }
    }

    /** What is trained has float32 at least. */
    private static Tensor wide(String name, Tensor weight) {
        if (!weight.is_floating_point()) {
            throw new ConfigException("weight_compander: " + name + " holds "
                    + weight.dtype().name().getString()
                    + ", which cannot be trained; take a model that is not quantised");
        }
        Tensor wide = weight.element_size() < Float.BYTES ? weight.to(ScalarType.Float) : weight;
        return wide.detach();
    }

    private Kept global(Map<String, Tensor> weights) {
        Tensor[] all = weights.values().stream().map(w -> w.reshape(-1)).toArray(Tensor[]::new);
        return kept("the model", torch.cat(new TensorVector(all), 0), null);
    }

    /** The compander with the weight itself for the latent one. */
    private Compander plain(String name, Tensor weight, ModuleSpec spec, @Nullable Kept global) {
        Long byOutput =
                config.abScope() == PairScope.CHANNEL ? (long) spec.layout().outDim() : null;
        Kept own = global != null ? global : kept(name, weight, byOutput);
        var pair = new Compander.Pair(config.form(), config.learnAb(), config.abScope() == PairScope.GLOBAL);
        return new Compander(config.psi(), weight, own.a(), own.b(), pair, on(weight, config.startEpoch() == 0));
    }

    private CompanderStart.Started start(String name, Compander plain) {
        try (var scope = Scope.open()) {
            if (config.startEpoch() > 0) {
                return new CompanderStart.Started(scope.keep(plain.v().clone()), 0, 0);
            }
            CompanderStart.Started started = config.start().of(name, plain.v(), plain.plainA(), plain.plainB());
            return new CompanderStart.Started(scope.keep(started.v().contiguous()), started.clipped(), started.moved());
        }
    }

    private static Tensor on(Tensor like, boolean isOn) {
        return like.new_full(new long[] {}, scalar(isOn ? 1 : 0));
    }

    /** a and b of a weight, as they are kept. */
    private Kept kept(String name, Tensor weight, @Nullable Long byOutput) {
        double larger = config.anneal();
        Tensor a;
        Tensor b;
        if (config.a() != null && config.b() != null) {
            a = constant(weight, config.a() * larger, byOutput);
            b = constant(weight, config.b() * larger, byOutput);
        } else if (config.psi() == Psi.IDENTITY) {
            a = constant(weight, 1, byOutput);
            b = constant(weight, 1, byOutput);
        } else {
            Tensor deviation = CompanderStart.deviation(name, weight, byOutput);
            a = deviation.mul(scalar(config.aScale() * larger));
            b = deviation.mul(scalar(config.bScale() * larger));
        }
        return new Kept(formed(a), formed(b));
    }

    private static Tensor constant(Tensor weight, double value, @Nullable Long byOutput) {
        long[] shape = new long[byOutput == null ? 0 : Math.toIntExact(weight.dim())];
        Arrays.fill(shape, 1);
        if (byOutput != null) {
            shape[Math.toIntExact(byOutput)] = weight.size(byOutput);
        }
        return weight.new_full(shape, scalar(value));
    }

    private Tensor formed(Tensor value) {
        Tensor kept = config.form() == Form.LOG ? value.log() : value.clone();
        return kept.requires_grad_(config.learnAb());
    }
}
