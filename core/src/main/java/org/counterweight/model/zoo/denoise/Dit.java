package org.counterweight.model.zoo.denoise;

import static org.counterweight.model.part.denoise.ModulatedLayer.MODULATION;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.denoise.Conditioning;
import org.counterweight.model.part.denoise.ModulatedLayer;
import org.counterweight.model.part.image.Patches;
import org.counterweight.model.zoo.family.Family;

/**
 * The diffusion transformer of W. Peebles and S. Xie, "Scalable Diffusion Models with Transformers", ICCV 2023, with adaLN-Zero
 * layers and positions that are not learnt. Names are those of the official code; its table of positions, which is computed,
 * has no place here.
 *
 * <p>Batch: {@code pixel_values}, {@code [rows, channels, height, width]}, with the tensors of {@link Conditioning}. Logits:
 * {@code [rows, channels, height, width]}; features: the mean over the tokens behind the last layer.
 *
 * @param patch side of a patch; must divide height and width
 * @param width of a token; a multiple of 4 and of {@code heads}
 * @param depth layers
 * @param inner width of the feed-forward part
 * @param classes that it is told, none not counted
 */
public record Dit(int channels, int patch, int width, int depth, int heads, int inner, int classes)
        implements DenoisingModel {
    private static final int WAVES = 256;
    private static final double PERIODS = 10000;

    public static final Family FAMILY = Family.denoiser("dit", Dit::of);

    public Dit {
        if (channels < 1 || patch < 1 || depth < 1 || heads < 1 || inner < 1 || classes < 1) {
            throw new ConfigException("dit: channels, patch, depth, heads, inner width and classes must be at least 1: "
                    + channels + ", " + patch + ", " + depth + ", " + heads + ", " + inner + ", " + classes);
        }
        if (width < 1 || width % 4 != 0 || width % heads != 0) {
            throw new ConfigException("width", width, "a multiple of 4 and of the " + heads + " heads");
        }
    }

    private static Dit of(ConfigJson config) {
        int width = config.count("hidden_size", 96);
        return new Dit(
                config.count("num_channels", 1),
                config.count("patch_size", 2),
                width,
                config.count("num_hidden_layers", 4),
                config.count("num_attention_heads", 4),
                config.count("intermediate_size", 4 * width),
                config.classes());
    }

    private Patches patches() {
        return new Patches("proj", channels, patch, patch, true);
    }

    private Conditioning conditioning() {
        return new Conditioning(
                "t_embedder.mlp.0", "t_embedder.mlp.2", "y_embedder.embedding_table", WAVES, width, classes);
    }

    private ModulatedLayer layer() {
        return new ModulatedLayer(width, heads, inner);
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Tensor image = batch.get(Batch.PIXEL_VALUES);
        if (image.dim() != 4 || image.size(2) % patch != 0 || image.size(3) % patch != 0) {
            throw new IllegalArgumentException("pixel_values: images of " + image.size(-2) + " x " + image.size(-1)
                    + " cannot be cut into patches of " + patch + " (patch_size)");
        }
        long down = image.size(2) / patch;
        long across = image.size(3) / patch;
        Tensor condition = conditioning().of(params, batch, pass);
        Tensor x = patches().of(params.at("x_embedder"), image); // [rows, patches, width]
        x = x.add(Tensors.to(Tensors.as(positions(down, across), x), x.device()));
        for (int i = 0; i < depth; i++) {
            String name = "blocks." + i;
            x = params.tap(name, x, layer().apply(params.at(name), x, condition, pass), pass);
        }
        Params last = params.at("final_layer");
        Tensor told = ModulatedLayer.modulation(last, condition, pass);
        Tensor normed = ModulatedLayer.modulated(x, layer().part(told, 0), layer().part(told, 1));
        Tensor pixels = last.linear("linear", normed, pass) // [rows, patches, patch · patch · channels]
                .reshape(image.size(0), down, across, patch, patch, channels)
                .permute(0, 5, 1, 3, 2, 4)
                .reshape(image.size(0), channels, down * patch, across * patch);
        return new Output(pixels, Tensors.mean(x, false, 1));
    }

    /** Waves of both coordinates of each patch, those across first: {@code float64 [patches, width]}. */
    private Tensor positions(long down, long across) {
        Tensor rows = waves(down).unsqueeze(1).expand(down, across, width / 2);
        Tensor columns = waves(across).unsqueeze(0).expand(down, across, width / 2);
        return torch.cat(new TensorVector(columns, rows), 2).reshape(down * across, width);
    }

    private Tensor waves(long places) {
        long quarter = width / 4;
        Tensor slower = torch.arange(Tensors.scalar(quarter)).to(ScalarType.Double);
        Tensor frequencies =
                Tensors.times(slower, -Math.log(PERIODS) / quarter).exp().unsqueeze(0);
        Tensor angles = torch.arange(Tensors.scalar(places))
                .to(ScalarType.Double)
                .unsqueeze(1)
                .mul(frequencies);
        return torch.cat(new TensorVector(angles.sin(), angles.cos()), 1);
    }

    @Override
    public Dit withClasses(int number) {
        return new Dit(channels, patch, width, depth, heads, inner, number);
    }

    @Override
    public Shapes layout() {
        Shapes shapes = patches().shapes(new Shapes(), "x_embedder.", width);
        conditioning().shapes(shapes);
        for (int i = 0; i < depth; i++) {
            layer().shapes(shapes, "blocks." + i);
        }
        return shapes.linear("final_layer.linear", (long) patch * patch * channels, width, true)
                .linear("final_layer." + MODULATION, 2L * width, width, true);
    }

    @Override
    public List<String> points() {
        return IntStream.range(0, depth).mapToObj(i -> "blocks." + i).toList();
    }

    /** As PyTorch draws them; modulations and the last linear module start at zero, as in the paper. */
    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Denoisers.initial(
                layout(), module -> module.endsWith(MODULATION) || module.equals("final_layer.linear"), random);
    }
}
