package org.counterweight.model.zoo.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.module.Convolution;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * Residual network for photographs: a 7×7 stem of stride 2 with pooling, stages of blocks of two convolutions, or of three
 * with a narrow one between, the mean over the image, a linear layer. K. He et al., "Deep Residual Learning for Image
 * Recognition", CVPR 2016, section 4.1. {@link ResNet} is the one for small images.
 *
 * <p>Names are those of Hugging Face's files. Batch: {@code pixel_values}, {@code [rows, channels, height, width]}. Points:
 * what a block gives, made of what it was given. The last hidden state is the last map, {@code [rows, width, height, width]}.
 *
 * @param stem channels behind the stem
 * @param widths channels of each stage
 * @param depths how many blocks each stage has
 * @param bottleneck whether a block has three convolutions, the inner ones a quarter as wide
 * @param firstHalves whether the first stage too halves height and width
 * @param narrowHalves whether the first of three convolutions halves them, or the second
 */
public record PhotoResNet(
        int channels,
        int stem,
        List<Integer> widths,
        List<Integer> depths,
        boolean bottleneck,
        Activation activation,
        boolean firstHalves,
        boolean narrowHalves,
        Head head,
        int classes)
        implements ShapedModel {
    private static final Normalization NORM = Normalization.BATCH;
    private static final String BASE = "resnet.";
    private static final String SCORES = "classifier.1";
    private static final int NARROWER = 4;

    public PhotoResNet {
        widths = List.copyOf(widths);
        depths = List.copyOf(depths);
        if (widths.isEmpty() || widths.size() != depths.size()) {
            throw new ConfigException("depths", depths, "one number of layers for each of hidden_sizes, " + widths);
        }
    }

    static PhotoResNet of(ConfigJson config, Head head) {
        String type = config.text("layer_type", "bottleneck");
        if (!type.equals("basic") && !type.equals("bottleneck")) {
            throw new ConfigException("layer_type", type, "one of basic, bottleneck");
        }
        return new PhotoResNet(
                config.count("num_channels", 3),
                config.count("embedding_size", 64),
                config.counts("hidden_sizes", List.of(256, 512, 1024, 2048)),
                config.counts("depths", List.of(3, 4, 6, 3)),
                type.equals("bottleneck"),
                Activation.named(config.text("hidden_act", "relu"), "hidden_act"),
                config.flag("downsample_in_first_stage", false),
                config.flag("downsample_in_bottleneck", false),
                head,
                head == Head.CLASSIFIER ? config.classes() : 0);
    }

    /**
     * One convolution with its norm.
     *
     * @param active whether the activation follows
     */
    private record Step(String name, int out, int in, int kernel, int stride, boolean active) {}

    /** One block, by its steps; {@code shortcut} is null where what it is given is added as it is. */
    private record Block(
            String name, List<Step> steps, @Nullable Step shortcut) {}

    private List<Block> blocks() {
        var blocks = new ArrayList<Block>();
        int in = stem;
        for (int stage = 0; stage < widths.size(); stage++) {
            int out = widths.get(stage);
            for (int i = 0; i < depths.get(stage); i++) {
                int stride = i == 0 && (stage > 0 || firstHalves) ? 2 : 1;
                String name = prefix() + "encoder.stages." + stage + ".layers." + i;
                blocks.add(new Block(
                        name,
                        steps(in, out, stride),
                        in != out || stride != 1 ? new Step("shortcut", out, in, 1, stride, false) : null));
                in = out;
            }
        }
        return blocks;
    }

    private List<Step> steps(int in, int out, int stride) {
        if (!bottleneck) {
            return List.of(new Step("layer.0", out, in, 3, stride, true), new Step("layer.1", out, out, 3, 1, false));
        }
        int narrow = out / NARROWER;
        return List.of(
                new Step("layer.0", narrow, in, 1, narrowHalves ? stride : 1, true),
                new Step("layer.1", narrow, narrow, 3, narrowHalves ? 1 : stride, true),
                new Step("layer.2", out, narrow, 1, 1, false));
    }

    private Step first() {
        return new Step(prefix() + "embedder.embedder", stem, channels, 7, 2, true);
    }

    private String prefix() {
        return head == Head.NONE ? "" : BASE;
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Pass.Resumed known = pass.resumed();
        List<Block> blocks = blocks();
        Tensor x = known == null ? pooled(params, batch.get(Batch.PIXEL_VALUES), pass) : known.activation();
        for (Block block : blocks.subList(known == null ? 0 : known.next(points()), blocks.size())) {
            x = params.tap(block.name(), x, apply(params.at(block.name()), block, x, pass), pass);
        }
        return head(params, Tensors.mean(x, false, 2, 3), pass).withHidden(x);
    }

    private Tensor pooled(Params params, Tensor image, Pass pass) {
        // a step's activation, where it has one, is a plain ReLU but for the stem's
        Tensor x = activation.apply(normed(params, first(), image, pass));
        return torch.max_pool2d(x, new long[] {3, 3}, new long[] {2, 2}, new long[] {1, 1}, new long[] {1, 1}, false);
    }

    private Tensor apply(Params at, Block block, Tensor x, Pass pass) {
        Tensor y = x;
        for (Step step : block.steps()) {
            Tensor z = normed(at, step, y, pass);
            y = step.active() ? torch.relu(z) : z;
        }
        Step shortcut = block.shortcut();
        return activation.apply(y.add(shortcut == null ? x : normed(at, shortcut, x, pass)));
    }

    private static Tensor normed(Params at, Step step, Tensor x, Pass pass) {
        Convolution shape = Convolution.of(step.stride(), step.kernel() / 2);
        return NORM.apply(
                at, step.name() + ".normalization", at.conv(step.name() + ".convolution", x, shape, pass), pass);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return head == Head.NONE
                ? new Output(features, features)
                : new Output(params.linear(SCORES, features, pass), features);
    }

    @Override
    public PhotoResNet withClasses(int number) {
        head.requireClasses();
        return new PhotoResNet(
                channels, stem, widths, depths, bottleneck, activation, firstHalves, narrowHalves, head, number);
    }

    @Override
    public Shapes layout() {
        var shapes = new Shapes();
        step(shapes, "", first());
        for (Block block : blocks()) {
            if (block.shortcut() != null) {
                step(shapes, block.name() + ".", block.shortcut());
            }
            block.steps().forEach(step -> step(shapes, block.name() + ".", step));
        }
        return head == Head.NONE ? shapes : shapes.head(SCORES, classes, widths.get(widths.size() - 1), true);
    }

    private static void step(Shapes shapes, String path, Step step) {
        shapes.convolution(path + step.name() + ".convolution", step.out(), step.in(), step.kernel(), false);
        NORM.shapes(shapes, path + step.name() + ".normalization", step.out());
    }

    @Override
    public String basePrefix() {
        return BASE;
    }

    @Override
    public List<String> points() {
        return blocks().stream().map(Block::name).toList();
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Initial.residual(layout(), random);
    }
}
