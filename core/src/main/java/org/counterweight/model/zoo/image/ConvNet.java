package org.counterweight.model.zoo.image;

import static org.bytedeco.pytorch.global.torch.avg_pool2d;
import static org.bytedeco.pytorch.global.torch.relu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.module.Convolution;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.zoo.family.Family;

/**
 * The plain convolutional network of few-shot learning and dataset distillation: blocks of 3×3 convolution, normalisation,
 * ReLU and 2×2 average pooling, then a linear layer. S. Gidaris and N. Komodakis, "Dynamic Few-Shot Visual Learning without
 * Forgetting", CVPR 2018; with instance normalisation in B. Zhao et al., "Dataset Condensation with Gradient Matching",
 * ICLR 2021.
 *
 * <p>Names count as in a sequence of all layers: block i has {@code features.4i} (convolution) and {@code features.4i+1}
 * (normalisation); then {@code classifier}. Grey images of 28×28 are padded to 32×32 by the first convolution, as in the
 * official code.
 *
 * <p>Batch: {@code pixel_values}, {@code [rows, channels, size, size]}. Points: {@code features.N}, what block N gives,
 * made of what it was given.
 *
 * @param size height and width of an image
 * @param width channels of every block
 * @param depth number of blocks
 */
public record ConvNet(int channels, int size, int width, int depth, Normalization norm, int classes)
        implements ShapedModel {

    public ConvNet {
        if (channels < 1 || width < 1 || depth < 1 || classes < 1) {
            throw new ConfigException("convnet: channels, width, depth and classes must be at least 1: " + channels
                    + ", " + width + ", " + depth + ", " + classes);
        }
        if (pooled(channels, size, depth) < 1) {
            throw new ConfigException(
                    "depth", depth, "fewer blocks: each halves the image, which is " + size + " wide");
        }
    }

    public static final Family FAMILY = Family.own("convnet", ConvNet::of);

    private static ConvNet of(ConfigJson config) {
        return new ConvNet(
                config.count("num_channels", 3),
                config.count("image_size", 32),
                config.count("width", 128),
                config.count("depth", 3),
                Normalization.of(config, Normalization.INSTANCE),
                config.classes());
    }

    /** How many blocks such an image has room for. */
    public static int mostBlocks(int channels, int size) {
        return Integer.numberOfTrailingZeros(Integer.highestOneBit(pooled(channels, size, 0)));
    }

    private static int pooled(int channels, int size, int depth) {
        return (firstPadding(channels, size) == 1 ? size : size + 4) >> depth;
    }

    private static int firstPadding(int channels, int size) {
        return channels == 1 && size == 28 ? 3 : 1;
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Pass.Resumed known = pass.resumed();
        Tensor x = known == null ? batch.get(Batch.PIXEL_VALUES) : known.activation();
        Params blocks = params.at("features");
        for (int i = known == null ? 0 : known.next(points()); i < depth; i++) {
            var shape = Convolution.of(1, i == 0 ? firstPadding(channels, size) : 1);
            Tensor y = blocks.conv(String.valueOf(4 * i), x, shape, pass);
            Tensor bent = relu(norm.apply(blocks, String.valueOf(4 * i + 1), y, pass));
            x = blocks.tap(String.valueOf(i), x, halved(bent), pass);
        }
        return head(params, x.flatten(1, -1), pass); // channel-major
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return new Output(params.linear("classifier", features, pass), features);
    }

    @Override
    public ConvNet withClasses(int number) {
        return new ConvNet(channels, size, width, depth, norm, number);
    }

    private static Tensor halved(Tensor x) {
        long[] two = {2, 2};
        return avg_pool2d(x, two, two, new long[] {0, 0}, false, true, new LongOptional());
    }

    @Override
    public Shapes layout() {
        var shapes = new Shapes();
        for (int i = 0; i < depth; i++) {
            String convolution = "features." + 4 * i;
            shapes.convolution(convolution, width, i == 0 ? channels : width, 3, true);
            norm.shapes(shapes, "features." + (4 * i + 1), width);
        }
        long side = pooled(channels, size, depth);
        return shapes.head("classifier", classes, width * side * side, true);
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        for (int i = 0; i < depth; i++) {
            points.add("features." + i);
        }
        return List.copyOf(points);
    }

    /** As PyTorch's Conv2d and Linear. */
    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Initial.pytorch(layout(), random);
    }
}
