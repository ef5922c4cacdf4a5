package org.counterweight.studies.glosses;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.Batching;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.stream.MergeOptions;
import org.counterweight.merge.stream.MergePlan;
import org.counterweight.merge.stream.MergeProgress;
import org.counterweight.merge.stream.StreamingMerge;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.studies.bed.Vectors;
import org.counterweight.weights.ModelDirectory;

/** Sentence encoders in directories: merged as {@code cw merge} does it, and read. */
public final class Encoders {
    private static final int LENGTH = 32;

    /** What of a model's last layer stands for the text. */
    public enum Reading {
        FIRST_TOKEN,
        MEAN
    }

    private Encoders() {}

    /**
     * What {@code measure} finds of two models merged; the merge is deleted afterwards.
     *
     * @param setting method and share of the second: {@code linear 0.25}
     */
    public static <T> T merged(String setting, Path first, Path second, Function<Path, T> measure) {
        try {
            Path out = Files.createTempDirectory("merge-bge-");
            try {
                merge(recipe(setting, first, second), out.resolve("merged"));
                return measure.apply(out.resolve("merged"));
            } finally {
                delete(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String recipe(String setting, Path first, Path second) {
        double share = Double.parseDouble(setting.substring(setting.indexOf(' ') + 1));
        return setting.startsWith("slerp")
                ? """
                merge_method: slerp
                base_model: %s
                models: [{model: %s}, {model: %s}]
                parameters: {t: %s}
                dtype: float32
                """.formatted(first, first, second, share)
                : """
                merge_method: linear
                models:
                - {model: %s, parameters: {weight: %s}}
                - {model: %s, parameters: {weight: %s}}
                dtype: float32
                """.formatted(first, 1 - share, second, share);
    }

    private static void merge(String yaml, Path out) throws IOException {
        try (MergePlan plan = MergePlan.of(
                MergeRecipe.parse(yaml, Path.of("").toAbsolutePath(), "the study"), MergeOptions.defaults())) {
            StreamingMerge.run(plan, out, MergeProgress.SILENT);
        }
    }

    /** The normalised embeddings, {@code [texts, width]}; they belong to the open scope. */
    public static Tensor read(Path directory, List<String> texts, Reading reading) {
        TextClassification rows;
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, LENGTH)) {
            rows = TextClassification.of(new LabelledTexts(texts, new int[texts.size()], List.of("")), tokenizer);
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                ModelDirectory files = ModelDirectory.load(directory)) {
            Model model = Architectures.of(files.config());
            var stored = new LinkedHashMap<String, Tensor>();
            files.tensors().keySet().forEach(name -> stored.put(name, files.tensor(name)));
            Params params = Params.of(Architectures.fit(model, stored).byName());
            Tensor all = null;
            for (int[] numbers : Batching.of(32).byLength(rows)) {
                try (var inner = Scope.open()) {
                    Batch batch = rows.batch(numbers);
                    Output output = model.forward(params, batch, Pass.evaluation());
                    Tensor embedded = reading == Reading.MEAN
                            ? output.logits()
                            : output.hidden().select(1, 0);
                    if (all == null) {
                        all = inner.keep(Tensors.zeros(rows.size(), embedded.size(1)));
                    }
                    all.index_copy_(0, batch.get(Batch.ROW), embedded);
                }
            }
            Tensor found = Objects.requireNonNull(all);
            return scope.keep(found.div(Tensors.norm2(found, true, 1)));
        }
    }

    /** What the frozen encoder makes of texts, with their classes. */
    public static Vectors rows(Path directory, LabelledTexts texts) {
        try (var scope = Scope.open()) {
            return Vectors.of(read(directory, texts.texts(), Reading.MEAN), texts.labels(), texts.labelNames());
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }
}
