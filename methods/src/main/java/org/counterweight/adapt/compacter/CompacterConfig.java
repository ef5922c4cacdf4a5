package org.counterweight.adapt.compacter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Attachment;
import org.counterweight.adapt.Unfrozen;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.part.Activation;
import org.jspecify.annotations.Nullable;

/**
 * Settings of Compacter: {@link Bottleneck} adapters of {@link PhmProjection hypercomplex} layers that share their slow
 * weights, with the names of AdapterHub's {@code adapter_config.json}.
 */
public record CompacterConfig(
        @Setting(
                value = "Hypercomplex division n: the number of Kronecker products",
                defaultsTo = "4",
                range = "at least 1; a common divisor of the width and of the bottleneck, 4, 8 or 12 is usual")
        int phmDim,

        @Setting(
                value = "Width over bottleneck",
                defaultsTo = "32",
                range = "at least 1; up to the width, 8, 16 or 32 is usual")
        int reductionFactor,

        @Setting(value = "Rank of the fast weights", defaultsTo = "1", range = "at least 1")
        int phmRank,

        @Setting(
                value = "Between the two projections",
                defaultsTo = "\"gelu_new\"",
                oneOf = {"gelu_new", "gelu", "relu", "silu", "swish", "tanh"})
        String nonLinearity,

        @Setting(
                value =
                        "Where adapters stand: double is Compacter, feed_forward Compacter++, seq_bn AdapterHub's Compacter++",
                defaultsTo = "\"double\"",
                oneOf = {"double", "feed_forward", "attention", "seq_bn"})
        Placement placement,

        @Setting(value = "Numbers of the layers that get adapters (AdapterDrop); empty for all", defaultsTo = "[]")
        List<Integer> layers,

        @Setting(value = "One set of slow weights for all adapters of the model", defaultsTo = "true")
        boolean sharedPhmRule,

        @Setting(value = "Slow weights as products of vectors", defaultsTo = "false")
        boolean factorizedPhmRule,

        @Setting(value = "Fast weights as products of rank phm_rank; else whole (PHM-Adapter)", defaultsTo = "true")
        boolean factorizedPhmW,

        @Setting(value = "One pair of fast weights for all down, one for all up projections", defaultsTo = "false")
        boolean sharedPhmW,

        @Setting(value = "Train the slow weights", defaultsTo = "true")
        boolean learnPhm,

        @Setting(
                value = "How slow weights are drawn: normal, or uniform in ±1 (shared) or ±0.01 (one's own)",
                defaultsTo = "\"normal\"",
                oneOf = {"normal", "uniform"})
        String phmRuleInit,

        @Setting(
                value = "Deviation of shared slow weights (0.01 for one's own)",
                defaultsTo = "1e-4",
                range = "above 0")
        double phmInitRange,

        @Setting(
                value = "How fast weights are drawn",
                defaultsTo = "\"glorot_uniform\"",
                oneOf = {"glorot_uniform", "glorot_normal", "normal"})
        FactorInit hypercomplexNonlinearity,

        @Setting(value = "A bias in each projection", defaultsTo = "true")
        boolean phmBias,

        @Setting(value = "A normalisation of its own before the adapter", defaultsTo = "false")
        boolean lnBefore,

        @Setting(value = "A normalisation of its own after the adapter", defaultsTo = "false")
        boolean lnAfter,

        @Setting(value = "Train the model's normalisations too", defaultsTo = "true")
        boolean unfreezeLayerNorms)
        implements Attachment {
    private static final String NAME = "compacter";
    private static final double OWN_RULE_RANGE = 0.01;

    public CompacterConfig {
        Checks.ranges(CompacterConfig.class, "compacter", phmDim, reductionFactor, phmRank, phmInitRange);
        if (!phmRuleInit.equals("normal") && !phmRuleInit.equals("uniform")) {
            throw new ConfigException("compacter.phm_rule_init", phmRuleInit, "normal or uniform");
        }
        Activation.named(nonLinearity, "compacter.non_linearity");
        layers = List.copyOf(layers);
    }

    @Override
    public List<String> check(Model model, List<String> trainedWhole) {
        Placement.checkLayers(NAME, model, layers);
        return Attachment.super.check(model, trainedWhole);
    }

    @Override
    public Params attach(Model model, Params params, Generator random) {
        Params base = unfreezeLayerNorms ? Unfrozen.norms(params) : params;
        var maker = new Maker(base.device(), random);
        var taps = new LinkedHashMap<String, Bottleneck>();
        for (Placement.Place place : placement.places(NAME, model, base, layers)) {
            taps.put(place.point(), maker.adapter(place));
        }
        return base.tapped(taps);
    }

    /** Draws adapters one after another, and what they share once. */
    private final class Maker {
        private final Device device;
        private final Generator random;
        private final Map<String, PhmProjection> common = new LinkedHashMap<>();
        private final @Nullable PhmRule shared;

        Maker(Device device, Generator random) {
            this.device = device;
            this.random = random;
            this.shared = sharedPhmRule ? rule(phmInitRange, 1) : null;
        }

        Bottleneck adapter(Placement.Place place) {
            long width = place.width();
            long bottleneck = width / reductionFactor;
            if (bottleneck == 0) {
                throw new ConfigException(
                        "compacter.reduction_factor",
                        reductionFactor,
                        "at most " + width + ", the width at " + place.point());
            }
            if (width % phmDim != 0 || bottleneck % phmDim != 0) {
                throw new ConfigException(
                        "compacter.phm_dim",
                        phmDim,
                        "a divisor of both " + width + " and " + bottleneck + ", the widths of the adapter at "
                                + place.point());
            }
            return new Bottleneck(
                    NAME,
                    projection("W_down", width, bottleneck, place.point()),
                    projection("W_up", bottleneck, width, place.point()),
                    Activation.named(nonLinearity, "compacter.non_linearity"),
                    lnBefore ? BottleneckConfig.freshNorm(width, device) : null,
                    lnAfter ? BottleneckConfig.freshNorm(width, device) : null,
                    place.original());
        }

        private PhmProjection projection(String side, long in, long out, String point) {
            PhmProjection first = common.get(side);
            if (sharedPhmW && first != null) {
                if (first.matrix().size(0) != in || first.matrix().size(1) != out) {
                    throw new ConfigException("compacter.shared_phm_w: the adapter at " + point + " maps " + in + " to "
                            + out + ", those before it " + first.matrix().size(0) + " to "
                            + first.matrix().size(1)
                            + "; they cannot share their weights");
                }
                return new PhmProjection(slowWeights(), sharedPhmRule, first.left(), first.right(), side, bias(out));
            }
            long n = phmDim;
            Tensor left = factorizedPhmW ? fast(n, in / n, phmRank) : fast(n, in / n, out / n);
            Tensor right = factorizedPhmW ? fast(n, phmRank, out / n) : null;
            var made =
                    new PhmProjection(slowWeights(), sharedPhmRule, left, right, sharedPhmW ? side : null, bias(out));
            common.put(side, made);
            return made;
        }

        private PhmRule slowWeights() {
            return shared == null ? rule(OWN_RULE_RANGE, OWN_RULE_RANGE) : shared;
        }

        private Tensor fast(long... shape) {
            return hypercomplexNonlinearity.draw(device, random, phmInitRange, shape);
        }

        private @Nullable Tensor bias(long out) {
            return phmBias ? LowRank.trained(Tensors.zeros(out), device) : null;
        }

        private PhmRule rule(double deviation, double bound) {
            long n = phmDim;
            return factorizedPhmRule
                    ? new PhmRule(slow(deviation, bound, n, n, 1), slow(deviation, bound, n, 1, n))
                    : new PhmRule(slow(deviation, bound, n, n, n), null);
        }

        private Tensor slow(double deviation, double bound, long... shape) {
            Tensor drawn = phmRuleInit.equals("normal")
                    ? Tensors.zeros(shape).normal_(0, deviation, Tensors.optional(random))
                    : Tensors.zeros(shape).uniform_(-bound, bound, Tensors.optional(random));
            return Tensors.to(drawn, device).requires_grad_(learnPhm);
        }
    }
}
