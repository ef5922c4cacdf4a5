package org.counterweight.jobs.merge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Truncation;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.predict.Classifiers;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.ModelReference;
import org.counterweight.merge.soup.GreedySoup;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Chooses the models of a greedy soup by how many texts of a dev set they tell right. Two models are in memory beside the
 * inputs' mapped files; what is written comes of the streamed merge.
 *
 * @param dev texts and their classes
 */
public record GreedyChoice(MergeRecipe recipe, Path dev, String text, String label, ProgressLine progress) {
    /**
     * The result.
     *
     * @param recipe with the kept models alone
     * @param said a line a model, and one of the soup
     */
    public record Chosen(MergeRecipe recipe, List<String> said) {}

    /**
     * What a recipe says about its choice; null if its method takes none.
     *
     * @param given a dev set named elsewhere, or null
     * @throws ConfigException if a greedy soup has no dev set, or another method one
     */
    public static @Nullable GreedyChoice of(MergeRecipe recipe, @Nullable Path given, ProgressLine progress) {
        if (!recipe.method().parameters().contains("dev")) {
            if (given != null) {
                throw new ConfigException("--dev is what a greedy soup is chosen by, and merge_method is "
                        + recipe.method().label() + "; say greedy_soup, or leave it out");
            }
            return null;
        }
        String named = word(recipe, "dev");
        if (given == null && named == null) {
            throw new ConfigException("greedy_soup needs texts with classes to choose by; name their file with"
                    + " parameters: {dev: FILE}, or --dev FILE");
        }
        if (!recipe.wholeModels() || recipe.models().size() < 2) {
            throw new ConfigException("greedy_soup takes two models or more, whole; name them under models");
        }
        return new GreedyChoice(
                recipe,
                given != null ? given : Path.of(String.valueOf(named)),
                orElse(word(recipe, "text"), "text"),
                orElse(word(recipe, "label"), "label"),
                progress);
    }

    /** A text among the parameters of the whole recipe; null if it is not there. */
    private static @Nullable String word(MergeRecipe recipe, String key) {
        JsonNode value = recipe.tree().path("parameters").path(key);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isString() || value.asString().isBlank()) {
            throw new ConfigException("parameters." + key, value, "a text");
        }
        return value.asString();
    }

    private static String orElse(@Nullable String word, String otherwise) {
        return word == null ? otherwise : word;
    }

    /** Refuses a dev set that cannot be read, before any model is. */
    public void check() {
        new TextFile(dev).check(List.of(text, label));
    }

    /** The models that are averaged; a base that only lends its config and tokenizer is none of them. */
    private List<ModelReference> candidates() {
        return recipe.slices().get(0).sources().stream()
                .map(MergeRecipe.Source::model)
                .distinct()
                .toList();
    }

    /** From the best to the worst, each model is kept if the mean of the kept ones becomes no less accurate with it. */
    public Chosen choose() {
        List<ModelReference> models = candidates();
        try (var scope = Scope.open();
                Classifiers classifiers = Classifiers.open(
                        models.stream().map(ModelReference::path).toList(), null, null)) {
            LabelledTexts texts = new TextFile(dev).labelled(text, label, classifiers.labels(), progress::say);
            TextClassification rows = rows(classifiers, texts);
            long[] labels =
                    IntStream.range(0, rows.size()).mapToLong(rows::label).toArray();
            progress.begin("the dev set is read:", "rows", (2L * models.size() - 1) * rows.size());
            GreedySoup soup = GreedySoup.of(
                    classifiers.all().stream().map(Classifiers.One::weights).toList(),
                    weights -> right(classifiers, weights, rows, Tensors.longs(labels)),
                    true);
            progress.end();
            return chosen(models, soup);
        }
    }

    private TextClassification rows(Classifiers classifiers, LabelledTexts texts) {
        int length = classifiers.length(null);
        try (TextTokenizer tokenizer = classifiers.tokenizer(length)) {
            TextClassification rows = TextClassification.of(texts, tokenizer);
            Truncation.of(rows.tokens(), length).tell("so they were when the first model was trained", progress::say);
            classifiers.checkTokens(texts.texts(), rows.tokens(), length);
            return rows;
        }
    }

    private double right(Classifiers classifiers, Map<String, Tensor> weights, TextClassification rows, Tensor labels) {
        try (var scope = Scope.open()) {
            double right = classifiers
                    .logits(weights, rows)
                    .argmax(new LongOptional(1), false)
                    .eq(labels)
                    .to(ScalarType.Double)
                    .mean()
                    .item_double();
            progress.advance(rows.size());
            return right;
        }
    }

    private Chosen chosen(List<ModelReference> models, GreedySoup soup) {
        var said = new ArrayList<String>();
        for (int i = 0; i < models.size(); i++) {
            said.add(String.format(
                    Locale.ROOT,
                    "%s: %.2f %% right on %s, %s",
                    models.get(i).text(),
                    100 * soup.accuracies().get(i),
                    dev,
                    soup.order().contains(i) ? "kept" : "left out"));
        }
        said.add(String.format(
                Locale.ROOT, "greedy soup of %d: %.2f %% right", soup.order().size(), 100 * soup.accuracy()));
        return new Chosen(
                recipe.keeping(soup.order().stream().sorted().map(models::get).toList()), said);
    }
}
