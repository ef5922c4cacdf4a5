package org.counterweight.model.zoo.denoise;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.module.Convolution;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.denoise.Conditioning;
import org.counterweight.model.part.denoise.NormedOutput;
import org.counterweight.model.part.denoise.PixelAttention;
import org.counterweight.model.part.denoise.TimedResidual;
import org.counterweight.model.zoo.family.Family;

/**
 * The network of J. Ho, A. Jain and P. Abbeel, "Denoising Diffusion Probabilistic Models", NeurIPS 2020, appendix B, for small
 * images: residual blocks down to the lowest resolution and up again, where each takes what the block opposite gave; every pixel
 * attends to all in the middle. Level and class are added in every block. Any height and width will do.
 *
 * <p>Batch: {@code pixel_values}, {@code [rows, channels, height, width]}, with the tensors of {@link Conditioning}. Logits:
 * {@code [rows, channels, height, width]}; features: the mean over the image of what the middle gives.
 *
 * @param width channels of the first level
 * @param multipliers of {@code width} at each level, the first at full size, each later one at half the size before
 * @param blocks of each level on the way down; on the way up one more
 * @param heads of the attention in the middle
 * @param dropout in every block, in [0, 1)
 * @param classes that it is told, none not counted
 */
public record UNet(
        int channels, int width, List<Integer> multipliers, int blocks, int heads, double dropout, int classes)
        implements DenoisingModel {
    private static final int TOLD = 4; // as wide as this many times the first level

    public static final Family FAMILY = Family.denoiser("unet", UNet::of);

    public UNet {
        multipliers = List.copyOf(multipliers);
        if (channels < 1
                || width < 2
                || width % 2 != 0
                || blocks < 1
                || heads < 1
                || classes < 1
                || multipliers.isEmpty()
                || multipliers.stream().anyMatch(m -> m < 1)) {
            throw new ConfigException(
                    "unet: channels, multipliers, blocks, heads and classes must be at least 1, and width"
                            + " even: " + channels + ", " + multipliers + ", " + blocks + ", " + heads + ", " + classes
                            + "; "
                            + width);
        }
        int lowest = width * multipliers.get(multipliers.size() - 1);
        if (lowest % heads != 0) {
            throw new ConfigException("heads", heads, "a divisor of the " + lowest + " channels of the lowest level");
        }
    }

    private static UNet of(ConfigJson config) {
        return new UNet(
                config.count("num_channels", 1),
                config.count("width", 32),
                config.counts("multipliers", List.of(1, 2)),
                config.count("blocks", 1),
                config.count("num_attention_heads", 4),
                config.probability("dropout", 0),
                config.classes());
    }

    private Conditioning conditioning() {
        return new Conditioning(
                "time_embedding.linear_1", "time_embedding.linear_2", "class_embedding", width, TOLD * width, classes);
    }

    private int levels() {
        return multipliers.size();
    }

    private long at(int level) {
        return (long) width * multipliers.get(level);
    }

    private TimedResidual block(long in, long out) {
        return new TimedResidual(in, out, (long) TOLD * width, dropout);
    }

    private PixelAttention attention() {
        return new PixelAttention(at(levels() - 1), heads);
    }

    /**
     * A residual block with its place.
     *
     * @param level of its resolution
     * @param last whether the resolution changes behind it
     */
    private record Place(String name, int level, boolean last, TimedResidual block) {}

    private List<Place> down() {
        var places = new ArrayList<Place>();
        long in = width;
        for (int level = 0; level < levels(); level++) {
            for (int i = 0; i < blocks; i++) {
                boolean last = i == blocks - 1 && level < levels() - 1;
                places.add(new Place("down_blocks." + level + ".resnets." + i, level, last, block(in, at(level))));
                in = at(level);
            }
        }
        return places;
    }

    /** Each takes beside its own what was given at its resolution on the way down, the last of it first. */
    private List<Place> up() {
        var beside = new ArrayDeque<Long>();
        beside.push((long) width); // of the first convolution
        for (Place place : down()) {
            beside.push(place.block().out());
            if (place.last()) {
                beside.push(place.block().out()); // of the halving
            }
        }
        var places = new ArrayList<Place>();
        long in = at(levels() - 1);
        for (int level = levels() - 1; level >= 0; level--) {
            for (int i = 0; i <= blocks; i++) {
                boolean last = i == blocks && level > 0;
                String name = "up_blocks." + (levels() - 1 - level) + ".resnets." + i;
                places.add(new Place(name, level, last, block(in + beside.pop(), at(level))));
                in = at(level);
            }
        }
        return places;
    }

    private static String sampler(String block, String kind) {
        return block.substring(0, block.indexOf(".resnets")) + "." + kind + ".0.conv";
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Tensor condition = conditioning().of(params, batch, pass);
        Tensor x = params.conv("conv_in", batch.get(Batch.PIXEL_VALUES), Convolution.of(1, 1), pass);
        var given = new ArrayDeque<Tensor>();
        given.push(x);
        for (Place place : down()) {
            x = tapped(params, place, x, x, condition, pass);
            given.push(x);
            if (place.last()) {
                x = params.conv(sampler(place.name(), "downsamplers"), x, Convolution.of(2, 1), pass);
                given.push(x);
            }
        }
        TimedResidual middle = block(at(levels() - 1), at(levels() - 1));
        x = middle.apply(params.at("mid_block.resnets.0"), x, condition, pass);
        x = attention().apply(params.at("mid_block.attentions.0"), x, pass);
        x = middle.apply(params.at("mid_block.resnets.1"), x, condition, pass);
        Tensor features = Tensors.mean(x, false, 2, 3);
        for (Place place : up()) {
            Tensor both = torch.cat(new TensorVector(x, given.pop()), 1);
            x = tapped(params, place, x, both, condition, pass);
            if (place.last()) {
                x = params.conv(
                        sampler(place.name(), "upsamplers"), enlarged(x, given.getFirst()), Convolution.of(1, 1), pass);
            }
        }
        return new Output(output().apply(params, x, pass), features);
    }

    private static Tensor tapped(Params params, Place place, Tensor before, Tensor x, Tensor condition, Pass pass) {
        return params.tap(place.name(), before, place.block().apply(params.at(place.name()), x, condition, pass), pass);
    }

    /** To twice the height and width, or what stands beside it where that was odd, each pixel the nearest one. */
    private static Tensor enlarged(Tensor x, Tensor like) {
        long[] size = {like.size(2), like.size(3)};
        return torch.upsample_nearest2d(x, size, new DoubleOptional(), new DoubleOptional());
    }

    private NormedOutput output() {
        return new NormedOutput(at(0), channels);
    }

    @Override
    public UNet withClasses(int number) {
        return new UNet(channels, width, multipliers, blocks, heads, dropout, number);
    }

    @Override
    public Shapes layout() {
        Shapes shapes = conditioning().shapes(new Shapes()).convolution("conv_in", width, channels, 3, true);
        for (Place place : down()) {
            place.block().shapes(shapes, place.name());
            if (place.last()) {
                shapes.convolution(
                        sampler(place.name(), "downsamplers"), at(place.level()), at(place.level()), 3, true);
            }
        }
        TimedResidual middle = block(at(levels() - 1), at(levels() - 1));
        middle.shapes(shapes, "mid_block.resnets.0");
        attention().shapes(shapes, "mid_block.attentions.0");
        middle.shapes(shapes, "mid_block.resnets.1");
        for (Place place : up()) {
            place.block().shapes(shapes, place.name());
            if (place.last()) {
                shapes.convolution(sampler(place.name(), "upsamplers"), at(place.level()), at(place.level()), 3, true);
            }
        }
        return output().shapes(shapes);
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        down().forEach(place -> points.add(place.name()));
        up().forEach(place -> points.add(place.name()));
        return List.copyOf(points);
    }

    /** As PyTorch draws them; what ends a block, or the network, starts at zero. */
    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Denoisers.initial(
                layout(),
                module -> module.endsWith("conv2") || module.endsWith("to_out.0") || module.equals("conv_out"),
                random);
    }
}
