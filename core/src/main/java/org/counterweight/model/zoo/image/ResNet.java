package org.counterweight.model.zoo.image;

import static org.bytedeco.pytorch.global.torch.relu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
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
 * Residual network for small images: a 3×3 stem of stride 1 without pooling, stages of two-convolution blocks, the mean over
 * the image, a linear layer. K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2.
 *
 * <p>Names are torchvision's: {@code conv1}, {@code bn1}, {@code layer1.0.conv1}, …, {@code layer2.0.downsample.0}
 * (convolution), {@code .1} (normalisation), {@code fc}; torchvision's own stem differs (7×7, stride 2, pooling).
 * {@code blocks} 2, 2, 2, 2 at {@code width} 64 is ResNet-18, 3, 4, 6, 3 is ResNet-34, and 5, 5, 5 at 16 is ResNet-32 (with
 * a convolution in place of padded identity where a stage widens).
 *
 * <p>Batch: {@code pixel_values}, {@code [rows, channels, height, width]}. Points: {@code layerS.B}, what a block gives,
 * made of what it was given.
 *
 * @param width channels of the first stage; each later one has twice as many at half the size
 * @param blocks how many blocks each stage has
 */
public record ResNet(int channels, int width, List<Integer> blocks, Normalization norm, int classes)
        implements ShapedModel {

    public ResNet {
        blocks = List.copyOf(blocks);
        if (channels < 1
                || width < 1
                || classes < 1
                || blocks.isEmpty()
                || blocks.stream().anyMatch(n -> n < 1)) {
            throw new ConfigException("resnet: channels, width, every number of blocks and classes must be at least 1: "
                    + channels + ", " + width + ", " + blocks + ", " + classes);
        }
    }

    /** Two share the name: this one, and transformers', whose files name a class. */
    public static final Family FAMILY = Family.images(
                    "resnet", "ResNet", (config, head) -> PhotoResNet.of(config, head))
            .orOwn(ResNet::of);

    private static ResNet of(ConfigJson config) {
        return new ResNet(
                config.count("num_channels", 3),
                config.count("width", 64),
                config.counts("depths", List.of(2, 2, 2, 2)),
                Normalization.of(config, Normalization.BATCH),
                config.classes());
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Pass.Resumed known = pass.resumed();
        Tensor x = known == null ? stem(params, batch.get(Batch.PIXEL_VALUES), pass) : known.activation();
        int skipped = known == null ? 0 : known.next(points());
        for (int stage = 0; stage < blocks.size(); stage++) {
            for (int i = 0; i < blocks.get(stage); i++) {
                if (skipped-- > 0) {
                    continue;
                }
                String block = "layer" + (stage + 1) + "." + i;
                Tensor y = block(params.at(block), x, stage > 0 && i == 0 ? 2 : 1, pass);
                x = params.tap(block, x, y, pass);
            }
        }
        return head(params, Tensors.mean(x, false, 2, 3), pass); // [rows, channels of the last stage]
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return new Output(params.linear("fc", features, pass), features);
    }

    @Override
    public ResNet withClasses(int number) {
        return new ResNet(channels, width, blocks, norm, number);
    }

    private Tensor stem(Params params, Tensor image, Pass pass) {
        return relu(norm.apply(params, "bn1", params.conv("conv1", image, Convolution.of(1, 1), pass), pass));
    }

    private Tensor block(Params block, Tensor x, long stride, Pass pass) {
        Tensor y = relu(norm.apply(block, "bn1", block.conv("conv1", x, Convolution.of(stride, 1), pass), pass));
        Tensor z = norm.apply(block, "bn2", block.conv("conv2", y, Convolution.of(1, 1), pass), pass);
        Tensor shortcut = block.has("downsample.0.weight")
                ? norm.apply(
                        block, "downsample.1", block.conv("downsample.0", x, Convolution.of(stride, 0), pass), pass)
                : x;
        return relu(z.add(shortcut));
    }

    @Override
    public Shapes layout() {
        var shapes = new Shapes().convolution("conv1", width, channels, 3, false);
        norm.shapes(shapes, "bn1", width);
        long in = width;
        for (int stage = 0; stage < blocks.size(); stage++) {
            long out = (long) width << stage;
            for (int i = 0; i < blocks.get(stage); i++) {
                String block = "layer" + (stage + 1) + "." + i + ".";
                shapes.convolution(block + "conv1", out, in, 3, false);
                norm.shapes(shapes, block + "bn1", out);
                shapes.convolution(block + "conv2", out, out, 3, false);
                norm.shapes(shapes, block + "bn2", out);
                if (stage > 0 && i == 0) {
                    shapes.convolution(block + "downsample.0", out, in, 1, false);
                    norm.shapes(shapes, block + "downsample.1", out);
                }
                in = out;
            }
        }
        return shapes.head("fc", classes, in, true);
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        for (int stage = 0; stage < blocks.size(); stage++) {
            for (int i = 0; i < blocks.get(stage); i++) {
                points.add("layer" + (stage + 1) + "." + i);
            }
        }
        return List.copyOf(points);
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Initial.residual(layout(), random);
    }
}
