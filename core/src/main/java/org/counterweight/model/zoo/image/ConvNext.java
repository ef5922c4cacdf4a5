package org.counterweight.model.zoo.image;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.mean;

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
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.zoo.family.Family;

/**
 * A convolutional network made as transformers are: blocks of a wide convolution of each channel for itself, a norm, and two
 * linear layers. Z. Liu et al., "A ConvNet for the 2020s", CVPR 2022.
 *
 * <p>Names are those of Hugging Face's files. Batch: {@code pixel_values}, {@code [rows, channels, height, width]}. Points:
 * what a block gives, made of what it was given. The last hidden state is the last map, {@code [rows, width, height, width]}.
 *
 * @param patch the stem's convolution is as large as its stride
 * @param widths channels of each stage
 * @param depths how many blocks each stage has
 * @param last the norm of what the head is fed; those of the blocks have eps 1e-6
 * @param layerScale what the blocks' vectors of scale begin at; 0 for blocks without them
 * @param depthDropout the probability that a row skips the last block in training; it grows block by block
 */
public record ConvNext(
        int channels,
        int patch,
        List<Integer> widths,
        List<Integer> depths,
        Activation activation,
        Norm last,
        double layerScale,
        double depthDropout,
        double initializerRange,
        Head head,
        int classes)
        implements ShapedModel {
    public static final Family FAMILY = Family.images("convnext", "ConvNext", ConvNext::of);
    private static final Norm NORM = new Norm(Norm.Kind.LAYER, 1e-6);
    private static final String BASE = "convnext.";
    private static final String SCORES = "classifier";
    private static final int WIDER = 4;
    private static final int KERNEL = 7;

    public ConvNext {
        widths = List.copyOf(widths);
        depths = List.copyOf(depths);
        if (widths.isEmpty() || widths.size() != depths.size()) {
            throw new ConfigException("depths", depths, "one number of layers for each of hidden_sizes, " + widths);
        }
    }

    private static ConvNext of(ConfigJson config, Head head) {
        List<Integer> widths = config.counts("hidden_sizes", List.of(96, 192, 384, 768));
        config.only("num_stages", widths.size(), "one for each of hidden_sizes");
        return new ConvNext(
                config.count("num_channels", 3),
                config.count("patch_size", 4),
                widths,
                config.counts("depths", List.of(3, 3, 9, 3)),
                Activation.named(config.text("hidden_act", "gelu"), "hidden_act"),
                new Norm(Norm.Kind.LAYER, config.number("layer_norm_eps", 1e-12)),
                Math.max(0, config.number("layer_scale_init_value", 1e-6)),
                config.probability("drop_path_rate", 0),
                config.number("initializer_range", 0.02),
                head,
                head == Head.CLASSIFIER ? config.classes() : 0);
    }

    /** @param first whether it is its stage's first, before which a later stage halves height and width */
    private record Block(String name, int stage, boolean first, double depthDropout) {}

    private List<Block> blocks() {
        var blocks = new ArrayList<Block>();
        int all = depths.stream().mapToInt(depth -> depth).sum();
        for (int stage = 0; stage < depths.size(); stage++) {
            for (int i = 0; i < depths.get(stage); i++) {
                double dropped = all == 1 ? 0 : depthDropout * blocks.size() / (all - 1);
                blocks.add(new Block(stage(stage) + ".layers." + i, stage, i == 0, dropped));
            }
        }
        return blocks;
    }

    private String stage(int number) {
        return prefix() + "encoder.stages." + number;
    }

    private String prefix() {
        return head == Head.NONE ? "" : BASE;
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Pass.Resumed known = pass.resumed();
        List<Block> blocks = blocks();
        Tensor x = known == null ? stem(params, batch.get(Batch.PIXEL_VALUES), pass) : known.activation();
        for (Block block : blocks.subList(known == null ? 0 : known.next(points()), blocks.size())) {
            if (block.first() && block.stage() > 0) {
                x = halved(params.at(stage(block.stage())), x, pass);
            }
            x = params.tap(block.name(), x, apply(params.at(block.name()), block, x, pass), pass);
        }
        Tensor features = last.apply(params, prefix() + "layernorm", mean(x, false, 2, 3));
        return head(params, features, pass).withHidden(x);
    }

    private Tensor stem(Params params, Tensor image, Pass pass) {
        String embeddings = prefix() + "embeddings.";
        Tensor cut = params.conv(embeddings + "patch_embeddings", image, Convolution.of(patch, 0), pass);
        return normed(params, embeddings + "layernorm", cut);
    }

    private static Tensor halved(Params stage, Tensor x, Pass pass) {
        Tensor normed = normed(stage, "downsampling_layer.0", x);
        return stage.conv("downsampling_layer.1", normed, Convolution.of(2, 0), pass);
    }

    /** A norm over the channels of {@code [rows, channels, height, width]}. */
    private static Tensor normed(Params at, String norm, Tensor x) {
        return NORM.apply(at, norm, x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2);
    }

    private Tensor apply(Params at, Block block, Tensor x, Pass pass) {
        Tensor seen = at.conv("dwconv", x, Convolution.depthwise(1, KERNEL / 2), pass);
        Tensor y = NORM.apply(at, "layernorm", seen.permute(0, 2, 3, 1)); // [rows, height, width, channels]
        Tensor inner = activation.apply(at.product("pwconv1", y, pass));
        Tensor z = as(at.linear("pwconv2", inner, pass), y);
        Tensor scaled = layerScale == 0 ? z : z.mul(at.weight("layer_scale_parameter"));
        return x.add(pass.dropRows(scaled.permute(0, 3, 1, 2), block.depthDropout()));
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return head == Head.NONE
                ? new Output(features, features)
                : new Output(params.linear(SCORES, features, pass), features);
    }

    @Override
    public ConvNext withClasses(int number) {
        head.requireClasses();
        return new ConvNext(
                channels,
                patch,
                widths,
                depths,
                activation,
                last,
                layerScale,
                depthDropout,
                initializerRange,
                head,
                number);
    }

    @Override
    public Shapes layout() {
        String embeddings = prefix() + "embeddings.";
        var shapes = new Shapes().convolution(embeddings + "patch_embeddings", widths.get(0), channels, patch, true);
        NORM.shapes(shapes, embeddings + "layernorm", widths.get(0));
        for (Block block : blocks()) {
            long width = widths.get(block.stage());
            if (block.first() && block.stage() > 0) {
                String down = stage(block.stage()) + ".downsampling_layer.";
                long before = widths.get(block.stage() - 1);
                NORM.shapes(shapes, down + "0", before).convolution(down + "1", width, before, 2, true);
            }
            String path = block.name() + ".";
            shapes.module(new ModuleSpec(path + "dwconv", ModuleSpec.Kind.CONVOLUTION), width, 1, KERNEL, KERNEL)
                    .put(path + "dwconv.bias", width);
            NORM.shapes(shapes, path + "layernorm", width)
                    .linear(path + "pwconv1", WIDER * width, width, true)
                    .linear(path + "pwconv2", width, WIDER * width, true);
            if (layerScale > 0) {
                shapes.put(path + "layer_scale_parameter", width);
            }
        }
        long width = widths.get(widths.size() - 1);
        last.shapes(shapes, prefix() + "layernorm", width);
        return head == Head.NONE ? shapes : shapes.head(SCORES, classes, width, true);
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
        return Initial.each(
                shapes(),
                (name, shape) -> name.endsWith(".layer_scale_parameter")
                        ? torch.ones(shape).mul_(Tensors.scalar(layerScale))
                        : Initial.transformer(name, shape, initializerRange, "", -1, random));
    }
}
