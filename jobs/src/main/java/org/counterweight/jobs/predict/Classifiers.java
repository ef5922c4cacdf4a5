package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.Dataset;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.quantised.Quantisation;
import org.jspecify.annotations.Nullable;

/**
 * Classifiers that can be mixed: of one architecture, with the same classes, reading texts in the same way. Their
 * weights are views of their files and belong to the scope in which they were opened.
 *
 * @param origin what they were fine-tuned from, by the names of their weights: without a head where that has none for the
 *     same classes, and without a pooler where it has none; null if it was not given
 */
public record Classifiers(List<One> all, @Nullable Map<String, Tensor> origin, List<ModelDirectory> open)
        implements AutoCloseable {
    /** How many texts are read by every tokenizer, to see that they read alike. */
    private static final int READ_BY_ALL = 100;

    /** One of them. */
    public record One(Path directory, ModelDirectory files, AdaptedModel adapted) {
        public Map<String, Tensor> weights() {
            return adapted.params().weights();
        }

        public List<String> labels() {
            return ModelDescription.labels(adapted.config());
        }
    }

    /**
     * @param base what they were fine-tuned from, or null
     * @param maxLength tokens of a text that the user allowed, or null
     * @throws WeightsException if they cannot be mixed
     */
    public static Classifiers open(List<Path> models, @Nullable Path base, @Nullable Integer maxLength) {
        var open = new ArrayList<ModelDirectory>();
        try {
            var all = new ArrayList<One>();
            for (Path directory : models) {
                ModelDirectory files = ModelDirectory.open(directory);
                open.add(files);
                AdaptedModel adapted = AdaptedModel.of(files, null);
                TextClassifier.check(directory, adapted, maxLength);
                all.add(new One(directory, files, adapted));
            }
            One first = all.get(0);
            all.subList(1, all.size()).forEach(other -> checkAlike(first, other));
            Map<String, Tensor> origin = null;
            if (base != null) {
                ModelDirectory files = ModelDirectory.open(base);
                open.add(files);
                origin = origin(first, files);
            }
            return new Classifiers(List.copyOf(all), origin, List.copyOf(open));
        } catch (RuntimeException e) {
            open.forEach(ModelDirectory::close);
            throw e;
        }
    }

    /** The one whose files are copied, and by whose numbers texts are read. */
    public One first() {
        return all.get(0);
    }

    public List<String> labels() {
        return first().labels();
    }

    private static void checkAlike(One first, One other) {
        Map<String, Tensor> weights = first.weights();
        Model model = first.adapted().model();
        List<String> heads = model.modules().heads();
        weights.forEach((name, tensor) -> {
            if (!BaseModel.isWithin(heads, name)) {
                checkShape(name, tensor, first.directory(), other.weights().get(name), other.directory());
            }
        });
        if (!other.labels().equals(first.labels())) {
            throw new WeightsException(
                    other.directory(),
                    "has other classes than " + first.directory()
                            + ", or in another order; only models that tell the same ones can be mixed");
        }
        if (!model.equals(other.adapted().model())) {
            throw new WeightsException(
                    other.directory(),
                    "its config.json describes another model than that of " + first.directory()
                            + " (attention heads, activation, pooling or the like); only models of one architecture can"
                            + " be mixed");
        }
    }

    private static void checkShape(String name, Tensor tensor, Path directory, @Nullable Tensor other, Path where) {
        if (other == null || !Arrays.equals(Tensors.shape(tensor), Tensors.shape(other))) {
            throw new WeightsException(name + ": " + Arrays.toString(Tensors.shape(tensor)) + " in " + directory + ", "
                    + (other == null ? "nothing" : Arrays.toString(Tensors.shape(other))) + " in " + where
                    + "; only models of one architecture can be mixed");
        }
    }

    /** A head counts only if it tells the same classes. */
    private static Map<String, Tensor> origin(One first, ModelDirectory files) {
        Quantisation.refuse(files);
        Model model = first.adapted().model();
        var stored = new LinkedHashMap<String, Tensor>();
        files.tensors().keySet().forEach(name -> stored.put(name, files.tensor(name)));
        Map<String, Tensor> found = Architectures.fit(model, stored).byName();
        boolean sameClasses = ModelDescription.labels(files.config()).equals(first.labels());
        var origin = new LinkedHashMap<String, Tensor>();
        first.weights().forEach((name, tensor) -> {
            boolean isHead = BaseModel.isWithin(model.modules().heads(), name);
            Tensor own = found.get(name);
            boolean mayLack = isHead || BaseModel.isWithin(model.poolers(), name);
            if (isHead ? sameClasses && own != null : own != null || !mayLack) {
                checkShape(name, tensor, first.directory(), own, files.path());
                origin.put(name, Objects.requireNonNull(own));
            }
        });
        return origin;
    }

    /**
     * Refuses models that make other tokens of the same texts.
     *
     * @param tokens the texts as the first model reads them
     */
    public void checkTokens(List<String> texts, TokenRows tokens, int maxLength) {
        List<String> some = texts.subList(0, Math.min(READ_BY_ALL, texts.size()));
        for (One other : all.subList(1, all.size())) {
            try (TextTokenizer tokenizer = TextTokenizer.open(other.directory(), maxLength)) {
                TokenRows read = tokenizer.encode(some);
                for (int row = 0; row < some.size(); row++) {
                    if (!Arrays.equals(read.row(row), tokens.row(row))) {
                        throw new WeightsException(
                                other.directory(),
                                "its tokenizer reads row " + (row + 1) + " otherwise than that of "
                                        + first().directory() + "; only models of one tokenizer can be mixed");
                    }
                }
            }
        }
    }

    /** How many tokens of a text they are shown, by the first of them. */
    public int length(@Nullable Integer maxLength) {
        return ClassifierLength.of(maxLength, first().adapted(), first().directory());
    }

    /** The tokenizer of the first. */
    public TextTokenizer tokenizer(int length) {
        return TextTokenizer.open(first().directory(), length);
    }

    /**
     * What a mixture of them says, {@code float32 [rows, classes]}.
     *
     * @param weights as they are stored
     */
    public Tensor logits(Map<String, Tensor> weights, Dataset rows) {
        return TextClassifier.logits(
                first().directory(),
                first().adapted().model(),
                Params.of(AdaptedModel.inFloat32(weights)),
                rows,
                labels().size());
    }

    @Override
    public void close() {
        open.forEach(ModelDirectory::close);
    }
}
