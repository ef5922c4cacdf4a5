package org.counterweight.merge.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsWriter;

/** Three small models of one architecture, drawn from a seed, in directories under {@code root}; and merges of them. */
record SmallModels(Path root) {
    /** Writes {@code base} and two models near it, {@code a} and {@code b}. */
    Map<String, Map<String, Tensor>> writeThree(int layers, ScalarType type) {
        var models = new LinkedHashMap<String, Map<String, Tensor>>();
        Map<String, Tensor> base = draw(1, layers, type);
        models.put("base", base);
        for (int k = 0; k < 2; k++) {
            var tuned = new LinkedHashMap<String, Tensor>();
            Map<String, Tensor> noise = draw(10 + k, layers, ScalarType.Float);
            base.forEach((name, tensor) -> tuned.put(
                    name,
                    Tensors.add(tensor.to(ScalarType.Float), noise.getOrDefault(name, tensor), 0.1)
                            .to(type)));
            models.put(k == 0 ? "a" : "b", tuned);
        }
        models.forEach((name, tensors) -> write(name, tensors, layers));
        return models;
    }

    /** A recipe of that method for the three models. */
    static String recipe(String method) {
        return switch (method) {
            case "passthrough" -> "{merge_method: passthrough, models: [{model: a}]}";
            case "slerp", "nearswap" ->
                "{merge_method: " + method + ", base_model: base, models: [{model: a}], parameters: {t: 0.3}}";
            case "linear" -> "{merge_method: linear, models: [{model: a}, {model: b}], parameters: {weight: 0.3}}";
            case "wise_ft", "lines", "arcee_fusion" ->
                "{merge_method: " + method + ", base_model: base, models: [{model: a}]}";
            case "sce" ->
                "{merge_method: sce, base_model: base, models: [{model: a}, {model: b}], parameters: {select_topk:"
                        + " 0.5}}";
            default ->
                "{merge_method: " + method + ", base_model: base, models: [{model: a}, {model: b}],"
                        + " parameters: {weight: 0.6, density: 0.5}}";
        };
    }

    static Map<String, Tensor> draw(long seed, int layers, ScalarType type) {
        var shapes = new LinkedHashMap<String, long[]>();
        shapes.put("model.embed_tokens.weight", new long[] {3, 8});
        for (int i = 0; i < layers; i++) {
            shapes.put("model.layers." + i + ".input_layernorm.weight", new long[] {24});
            shapes.put("model.layers." + i + ".mlp.up_proj.weight", new long[] {40, 24});
            shapes.put("model.layers." + i + ".conv.weight", new long[] {4, 6, 3});
        }
        shapes.put("model.norm.weight", new long[] {24});
        var tensors = new LinkedHashMap<String, Tensor>();
        shapes.forEach((name, shape) -> tensors.put(
                name,
                torch.randn(
                                shape,
                                Tensors.optional(new Seed(seed).child(name).generator()),
                                Tensors.options(ScalarType.Float))
                        .to(type)));
        return tensors;
    }

    void write(String name, Map<String, Tensor> tensors, int layers) {
        Path directory = root.resolve(name);
        var plan = tensors.entrySet().stream()
                .map(entry -> TensorInfo.of(entry.getKey(), entry.getValue()))
                .toList();
        try (var writer = WeightsWriter.to(directory, plan, Map.of())) {
            tensors.forEach(writer::write);
            Files.writeString(
                    writer.directory().resolve("config.json"),
                    "{\"architectures\": [\"LlamaForCausalLM\"], \"num_hidden_layers\": " + layers
                            + ", \"vocab_size\": 3}");
            writer.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Merges into {@code out}, and reads what came of it. */
    Map<String, Tensor> merge(String recipe, MergeOptions options) {
        Path out = root.resolve("out");
        try (MergePlan plan = MergePlan.of(MergeRecipe.parse(recipe, root, "test"), options)) {
            StreamingMerge.run(plan, out, MergeProgress.SILENT);
        }
        var merged = new LinkedHashMap<String, Tensor>();
        try (ModelDirectory model = ModelDirectory.load(out)) {
            model.tensors()
                    .keySet()
                    .forEach(name -> merged.put(name, model.tensor(name).clone()));
        }
        return merged;
    }
}
