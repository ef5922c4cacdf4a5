package org.counterweight.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.merge.block.TensorMerge;
import org.counterweight.merge.mergekit.MergeMethod;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.MergeRecipe.Source;
import org.counterweight.merge.mergekit.MergeSetting;
import org.counterweight.merge.mergekit.ModelReference;
import org.counterweight.merge.mergekit.TensorParameters;
import org.counterweight.merge.mergekit.TensorSettings;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.tokens.EmbeddingRows;
import org.counterweight.testing.GoldenCase;
import org.counterweight.weights.DType;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The operations of mergekit's golden cases. */
public final class MergekitCases {
    private MergekitCases() {}

    /** A whole merge, from the case's directory to a new one. */
    public static Map<String, Tensor> merge(GoldenCase golden) {
        ObjectNode tree = Configs.tree(MergeOptions.defaults());
        golden.params().path("options").properties().forEach(entry -> tree.set(entry.getKey(), entry.getValue()));
        MergeOptions options = Configs.bind(tree, MergeOptions.class, "options");
        try {
            Path scratch = Files.createTempDirectory("merge");
            Path out = scratch.resolve("out");
            try (MergePlan plan = MergePlan.of(
                    MergeRecipe.read(golden.directory().resolve("config.yml"), golden.directory()), options)) {
                StreamingMerge.run(plan, out, MergeProgress.SILENT);
            }
            checkFiles(golden, out, options);
            var merged = new LinkedHashMap<String, Tensor>();
            try (ModelDirectory model = ModelDirectory.load(out)) {
                model.tensors()
                        .keySet()
                        .forEach(name -> merged.put(name, model.tensor(name).clone()));
            }
            delete(scratch);
            return merged;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void checkFiles(GoldenCase golden, Path out, MergeOptions options) throws IOException {
        for (JsonNode file : golden.params().path("expected_files")) {
            if (!file.asString().endsWith(".safetensors")) { // how tensors are spread over shards is free
                assertThat(out.resolve(file.asString())).exists();
            }
        }
        ObjectNode config = Configs.read(out.resolve("config.json"));
        if (!config.has("dtype")) { // the older name of the same key, kept where the recipe names no type
            config.set("dtype", config.path("torch_dtype"));
        }
        golden.params()
                .path("expected_config")
                .properties()
                .forEach(entry -> assertThat(config.path(entry.getKey()))
                        .as(entry.getKey())
                        .isEqualTo(entry.getValue()));
        if (golden.params().has("expected_total_size")) {
            assertThat(Configs.read(out.resolve("model.safetensors.index.json"))
                            .path("metadata")
                            .path("total_size")
                            .asLong())
                    .isEqualTo(golden.params().path("expected_total_size").asLong());
        }
        try (ModelDirectory model = ModelDirectory.open(out)) {
            for (Path shard : model.files()) {
                try (ModelDirectory one = ModelDirectory.open(shard)) {
                    long bytes = one.tensors().values().stream()
                            .mapToLong(info -> info.bytes())
                            .sum();
                    assertThat(bytes <= options.outShardSize() || one.tensors().size() == 1)
                            .isTrue();
                }
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }

    /** One tensor, with the masks given instead of drawn. */
    public static Map<String, Tensor> taskVectors(GoldenCase golden) {
        ObjectNode params = golden.params();
        JsonNode models = params.path("models");
        var inputs = new ArrayList<double[]>();
        var sources = new ArrayList<Source>();
        DType dtype = params.path("dtype").asString("float32").endsWith("bfloat16") ? DType.BF16 : DType.F32;
        for (int i = 0; i < models.size(); i++) {
            sources.add(source("model " + i, MergeSetting.map(models.get(i), "models[" + i + "]")));
            inputs.add(Tensors.toDoubles(golden.in("model." + i).to(dtype.type())));
        }
        sources.add(source("base", Map.of()));
        inputs.add(Tensors.toDoubles(golden.in("base").to(dtype.type())));
        ObjectNode global = Configs.JSON.createObjectNode();
        for (String key : List.of("normalize", "rescale", "lambda")) {
            if (params.has(key)) {
                global.set(key, params.get(key));
            }
        }
        long[] shape = Tensors.shape(golden.in("base"));
        MergeMethod method = MergeMethod.named(params.path("merge_method").asString());
        var parameters = new TensorParameters(
                sources,
                sources.stream().map(each -> "w").toList(),
                "w",
                0,
                List.of(MergeSetting.map(global, "parameters")));
        int count = inputs.get(0).length;
        var probabilities = new LinkedHashMap<String, double[]>();
        var site = new MergeSite(
                "w",
                shape,
                models.size() + 1,
                models.size(),
                1,
                null,
                MergeOptions.defaults().minKeep(),
                model -> {
                    double[] mask = Tensors.toDoubles(golden.in("mask." + model));
                    double[] asked = new double[count];
                    probabilities.put("prob." + model, asked);
                    return (index, probability) -> {
                        asked[(int) index] = probability;
                        return mask[(int) index] != 0;
                    };
                });
        TensorMerge merge = new TensorSettings(method, parameters, models.size())
                .settings()
                .merge(site)
                .merge()
                .get();
        double[] result = new double[count];
        for (int pass = 0; pass < merge.passes(); pass++) {
            merge.look(pass, copies(inputs), count, 0);
        }
        merge.combine(copies(inputs), count, 0, result);
        var outputs = new LinkedHashMap<String, Tensor>();
        outputs.put("merged", Tensors.doubles(result, shape).to(dtype.type()));
        probabilities.forEach((name, asked) -> {
            if (golden.outputs().containsKey(name)) {
                outputs.put(name, Tensors.doubles(asked, shape));
            }
        });
        return outputs;
    }

    private static double[][] copies(List<double[]> blocks) {
        return blocks.stream().map(double[]::clone).toArray(double[][]::new);
    }

    private static Source source(String name, Map<String, MergeSetting> parameters) {
        return new Source(new ModelReference(name, Path.of(name)), 0, -1, parameters, name);
    }

    /** A parameter's value for some tensors. */
    public static Map<String, Tensor> setting(GoldenCase golden) {
        MergeSetting setting = MergeSetting.of(golden.params().path("setting"), "setting");
        JsonNode queries = golden.params().path("queries");
        double[] values = new double[queries.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode query = queries.get(i);
            JsonNode value =
                    setting.at(query.path("tensor").asString(), query.path("t").asDouble());
            values[i] = value == null ? Double.NaN : value.isBoolean() ? (value.asBoolean() ? 1 : 0) : value.asDouble();
        }
        return Map.of("values", Tensors.doubles(values));
    }

    /** Every model's embedding in the rows of the output's vocabulary. */
    public static Map<String, Tensor> permuteEmbeddings(GoldenCase golden) {
        ObjectNode params = golden.params();
        var names = new ArrayList<String>();
        var vocabularies = new ArrayList<Map<String, Integer>>();
        var matrices = new ArrayList<Supplier<BlockSource>>();
        params.path("vocabs").properties().forEach(entry -> {
            names.add(entry.getKey());
            vocabularies.add(rows(entry.getValue()));
            double[] matrix = Tensors.toDoubles(golden.in(entry.getKey()));
            matrices.add(() -> (from, count, to, at) -> System.arraycopy(matrix, (int) from, to, at, count));
        });
        var rows = new EmbeddingRows(
                rows(params.path("out_vocab")),
                vocabularies,
                names.indexOf(params.path("base_model").asString("")),
                Map.of(),
                Math.max(1, params.path("pad_to_multiple_of").asInt(1)));
        var outputs = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < names.size(); i++) {
            int width = (int) golden.in(names.get(i)).size(1);
            double[] matrix = new double[rows.rows() * width];
            rows.source(i, matrices, width).get().read(0, matrix.length, matrix, 0);
            outputs.put(
                    names.get(i), Tensors.doubles(matrix, rows.rows(), width).to(ScalarType.Float));
        }
        return outputs;
    }

    private static Map<String, Integer> rows(JsonNode node) {
        var rows = new LinkedHashMap<String, Integer>();
        node.properties()
                .forEach(entry -> rows.put(entry.getKey(), entry.getValue().asInt()));
        return rows;
    }
}
