package org.counterweight.studies.bed.classifier;

import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.gelu;
import static org.counterweight.engine.Tensors.attention;
import static org.counterweight.engine.Tensors.layerNorm;
import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.optional;
import static org.counterweight.engine.Tensors.zeros;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.module.Modules;

/**
 * A small transformer that reads an image of 8 × 8 pixels as 16 patches of 2 × 2: each part of a layer is x + f(norm(x)),
 * as in T5, with a point for a tap after each f. Names are like BERT's, so that adapters find their places.
 *
 * <p>Batch: {@link Batch#PIXEL_VALUES}, {@code [rows, 64]}.
 */
public record PatchTransformer(long layers, long width, long heads, long intermediate, long classes) implements Model {
    private static final long PATCHES = 16;
    private static final long PATCH = 4;
    private static final double EPS = 1e-5;
    public static final String HEAD = "classifier";

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Tensor x = params.linear("patches", patches(batch.get(Batch.PIXEL_VALUES)), pass)
                .add(params.weight("positions")); // [rows, 16, width]
        for (int i = 0; i < layers; i++) {
            x = layer(params.at("layer." + i), x, pass);
        }
        Tensor pooled = mean(normed(params, "norm", x), false, 1);
        return head(params, pooled, pass).withHidden(x);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return new Output(params.linear(HEAD, features, pass), features);
    }

    @Override
    public PatchTransformer withClasses(int number) {
        return new PatchTransformer(layers, width, heads, intermediate, number);
    }

    private static Tensor patches(Tensor pixels) {
        return pixels.view(-1, 4, 2, 4, 2).permute(0, 1, 3, 2, 4).reshape(-1, PATCHES, PATCH);
    }

    private Tensor layer(Params layer, Tensor x, Pass pass) {
        Params own = layer.at("attention");
        Tensor in = normed(own, "norm", x);
        Tensor context = attention(
                split(own.linear("self.query", in, pass)),
                split(own.linear("self.key", in, pass)),
                split(own.linear("self.value", in, pass)),
                null,
                0,
                false,
                false);
        Tensor joined = context.transpose(1, 2).reshape(-1, PATCHES, width);
        Tensor attended = own.tap("output.dense", joined, own.linear("output.dense", joined, pass), pass);
        Tensor y = x.add(attended);
        Tensor wide = gelu(layer.linear("intermediate.dense", normed(layer, "norm", y), pass));
        return y.add(layer.tap("output.dense", wide, layer.linear("output.dense", wide, pass), pass));
    }

    private Tensor split(Tensor x) {
        return x.view(-1, PATCHES, heads, width / heads).transpose(1, 2);
    }

    private static Tensor normed(Params at, String norm, Tensor x) {
        return layerNorm(x, at.weight(norm + ".weight"), at.weight(norm + ".bias"), EPS);
    }

    @Override
    public Map<String, long[]> shapes() {
        var shapes = new LinkedHashMap<String, long[]>();
        linear(shapes, "patches", width, PATCH);
        shapes.put("positions", new long[] {PATCHES, width});
        for (int i = 0; i < layers; i++) {
            String layer = "layer." + i + ".";
            norm(shapes, layer + "attention.norm");
            for (String part : List.of("self.query", "self.key", "self.value", "output.dense")) {
                linear(shapes, layer + "attention." + part, width, width);
            }
            norm(shapes, layer + "norm");
            linear(shapes, layer + "intermediate.dense", intermediate, width);
            linear(shapes, layer + "output.dense", width, intermediate);
        }
        norm(shapes, "norm");
        linear(shapes, HEAD, classes, width);
        return shapes;
    }

    private static void linear(Map<String, long[]> shapes, String module, long out, long in) {
        shapes.put(module + ".weight", new long[] {out, in});
        shapes.put(module + ".bias", new long[] {out});
    }

    private void norm(Map<String, long[]> shapes, String module) {
        shapes.put(module + ".weight", new long[] {width});
        shapes.put(module + ".bias", new long[] {width});
    }

    /** Matrices normal with deviation 1 / √(in), positions with 0.02; biases zero, normalisations one and zero. */
    @Override
    public Map<String, Tensor> initialize(Generator random) {
        var weights = new LinkedHashMap<String, Tensor>();
        shapes().forEach((name, shape) -> {
            Tensor tensor = zeros(shape);
            if (shape.length == 2) {
                double deviation = name.equals("positions") ? 0.02 : 1 / Math.sqrt(shape[1]);
                tensor = empty(shape).normal_(0, deviation, optional(random));
            } else if (name.endsWith("norm.weight")) {
                tensor.fill_(Tensors.scalar(1));
            }
            weights.put(name, tensor);
        });
        return weights;
    }

    @Override
    public Modules modules() {
        return Modules.of(shapes().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(".weight") && entry.getValue().length == 2)
                .map(entry -> new ModuleSpec(entry.getKey().replaceFirst("\\.weight$", ""), Kind.LINEAR))
                .map(module -> module.name().equals(HEAD) ? module.inHead(HEAD) : module)
                .toList());
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        for (int i = 0; i < layers; i++) {
            points.add("layer." + i + ".attention.output.dense");
            points.add("layer." + i + ".output.dense");
        }
        return points;
    }
}
