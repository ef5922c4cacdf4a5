package org.counterweight.adapt.compacter;

import java.util.LinkedHashMap;
import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
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

/** Settings of {@link Bottleneck} adapters with ordinary projections, Houlsby's and Pfeiffer's, or of low-rank ones. */
public record BottleneckConfig(
        @Setting(
                value = "Width over bottleneck",
                defaultsTo = "16",
                range = "at least 1; up to the width, 8, 16 or 32 is usual")
        int reductionFactor,

        @Setting(
                value = "Rank of the two projections (Adapter-LowRank); 0 for ordinary ones",
                defaultsTo = "0",
                range = "at least 0")
        int rank,

        @Setting(
                value = "Between the two projections",
                defaultsTo = "\"relu\"",
                oneOf = {"gelu_new", "gelu", "relu", "silu", "swish", "tanh"})
        String nonLinearity,

        @Setting(
                value = "Where adapters stand: double is Houlsby, attention and seq_bn are Pfeiffer",
                defaultsTo = "\"double\"",
                oneOf = {"double", "feed_forward", "attention", "seq_bn"})
        Placement placement,

        @Setting(value = "Numbers of the layers that get adapters (AdapterDrop); empty for all", defaultsTo = "[]")
        List<Integer> layers,

        @Setting(value = "Train the model's normalisations too", defaultsTo = "true")
        boolean unfreezeLayerNorms)
        implements Attachment {
    private static final double DEVIATION = 0.01;

    public BottleneckConfig {
        Checks.ranges(BottleneckConfig.class, "bottleneck", reductionFactor, rank);
        Activation.named(nonLinearity, "bottleneck.non_linearity");
        layers = List.copyOf(layers);
    }

    @Override
    public List<String> check(Model model, List<String> trainedWhole) {
        Placement.checkLayers("bottleneck", model, layers);
        return Attachment.super.check(model, trainedWhole);
    }

    @Override
    public Params attach(Model model, Params params, Generator random) {
        Params base = unfreezeLayerNorms ? Unfrozen.norms(params) : params;
        var taps = new LinkedHashMap<String, Bottleneck>();
        for (Placement.Place place : placement.places("bottleneck", model, base, layers)) {
            long width = place.width();
            long bottleneck = width / reductionFactor;
            if (bottleneck == 0) {
                throw new ConfigException(
                        "bottleneck.reduction_factor",
                        reductionFactor,
                        "at most " + width + ", the width at " + place.point());
            }
            taps.put(
                    place.point(),
                    new Bottleneck(
                            "bottleneck",
                            projection(width, bottleneck, base.device(), random),
                            projection(bottleneck, width, base.device(), random),
                            Activation.named(nonLinearity, "bottleneck.non_linearity"),
                            null,
                            null,
                            place.original()));
        }
        return base.tapped(taps);
    }

    private Projection projection(long in, long out, Device device, Generator random) {
        Tensor bias = LowRank.trained(Tensors.zeros(out), device);
        return rank == 0
                ? new DenseProjection(FactorInit.NORMAL.draw(device, random, DEVIATION, out, in), bias)
                : new LowRankProjection(
                        FactorInit.GLOROT_UNIFORM.draw(device, random, 0, in, rank),
                        FactorInit.GLOROT_UNIFORM.draw(device, random, 0, rank, out),
                        bias);
    }

    /** A normalisation that changes nothing but mean and deviation, trained. */
    static Norm freshNorm(long width, Device device) {
        return new Norm(
                LowRank.trained(torch.ones(width), device), LowRank.trained(Tensors.zeros(width), device), 1e-5);
    }
}
