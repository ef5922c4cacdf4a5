package org.counterweight.jobs.generate;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Seed;
import org.counterweight.fewgen.prompt.PromptConfig;
import org.counterweight.fewgen.prompt.PromptReading;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.HeadChoice;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.model.WrittenModel;
import org.counterweight.jobs.recipe.program.GenerateRecipe;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.config.Classes;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.config.Problem;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Heads;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The classifier, and how it is asked for a text's label: through a head of its own, or as a masked language model by the words
 * that it would put at a mask. Its tensors belong to the open scope.
 *
 * @param reading the template in its vocabulary; null of a head of its own
 */
record OpenedClassifier(
        BaseModel base,
        TextTokenizer tokenizer,
        @Nullable PromptReading reading,
        @Nullable PromptConfig prompt) implements AutoCloseable {
    static OpenedClassifier open(GenerateRecipe recipe, Path origin, Seed seed) {
        ObjectNode config = config(recipe, origin);
        PromptConfig prompt = prompt(recipe, origin, config);
        Choice choice = new Choice(recipe, prompt);
        List<String> classes = prompt == null ? recipe.names() : List.of(); // words have no rows to be taken by name
        BaseModel base = BaseModel.open(origin, recipe.classifier(), choice, classes, seed, Engine.device("cpu"));
        try {
            TextTokenizer tokenizer = TextTokenizer.open(origin, length(recipe, base.config()));
            try {
                return new OpenedClassifier(base, tokenizer, reading(recipe, tokenizer, prompt), prompt);
            } catch (RuntimeException e) {
                tokenizer.close();
                throw e;
            }
        } catch (RuntimeException e) {
            base.close();
            throw e;
        }
    }

    /**
     * Refuses a classifier that could not learn, by its headers and its vocabulary, before anything else is done.
     *
     * @param remarks takes what a user should know, a line each
     */
    static void check(GenerateRecipe recipe, Path origin, Consumer<String> remarks) {
        ObjectNode config = config(recipe, origin);
        PromptConfig prompt = prompt(recipe, origin, config);
        if (prompt == null && recipe.classifierPrompt() != null) {
            remarks.accept(origin + " has no head for hidden words: it gets a plain head in place of a prompt");
        }
        var choice = new Choice(recipe, prompt);
        Model model = choice.describe(origin, config, recipe.names()).model();
        if (!recipe.classifier().fromScratch()) {
            try (ModelDirectory files = ModelDirectory.open(origin)) {
                BaseModel.checkComplete(files, model, choice.heads(model));
            }
        }
        try (TextTokenizer tokenizer = TextTokenizer.open(origin, length(recipe, config))) {
            reading(recipe, tokenizer, prompt);
        }
    }

    private static ObjectNode config(GenerateRecipe recipe, Path origin) {
        try (ModelDirectory files = recipe.classifier().fromScratch()
                ? ModelDirectory.withoutWeights(origin)
                : ModelDirectory.open(origin)) {
            return files.config();
        }
    }

    private static int length(GenerateRecipe recipe, ObjectNode config) {
        return Math.min(recipe.data().maxLength(), Architectures.positions(config));
    }

    /** Null where the classifier gets a head of its own. */
    private static @Nullable PromptConfig prompt(GenerateRecipe recipe, Path origin, ObjectNode config) {
        PromptConfig prompt = recipe.classifierPrompt();
        if (prompt == null || Heads.fillsGaps(config)) {
            return prompt;
        }
        if (prompt.optional()) {
            return null;
        }
        throw new ConfigException("classifier_prompt: " + origin + " is "
                + new ConfigJson(config).architecture()
                + ", and only a model with a head for hidden words (BertForMaskedLM, RobertaForMaskedLM and their"
                + " like) is asked at a mask; name such a one as classifier, or give classifier_prompt: null for a"
                + " plain head");
    }

    private static @Nullable PromptReading reading(
            GenerateRecipe recipe, TextTokenizer tokenizer, @Nullable PromptConfig prompt) {
        if (prompt == null) {
            return null;
        }
        try {
            return PromptReading.of(tokenizer, prompt, recipe.names());
        } catch (ConfigException e) {
            throw new ConfigException("classifier_prompt." + e.getMessage(), e);
        }
    }

    /** Which head, and what of the model begins anew. */
    private record Choice(GenerateRecipe recipe, @Nullable PromptConfig prompt) implements HeadChoice {
        @Override
        public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
            ModelDescription described = prompt == null
                    ? ModelDescription.classifier(origin, base, recipe.classifier(), recipe.names())
                    : ModelDescription.languageModel(origin, base, recipe.classifier(), false);
            ObjectNode config = Classes.named(described.config(), recipe.names());
            Problem.CLASSES.writeTo(config);
            ClassifierLength.record(
                    config, length(recipe, config), recipe.data().arePairs());
            return new ModelDescription(config, described.model());
        }

        @Override
        public List<String> heads(Model model) {
            return prompt == null ? model.modules().heads() : List.of();
        }
    }

    /** As a function of texts that gives a logit for each label. */
    Model model() {
        return reading == null ? base.model() : reading.asked(base.model());
    }

    /** The rows as it sees them. */
    TextClassification read(FewRows rows) {
        LabelledTexts texts = rows.labelled();
        return reading == null ? TextClassification.of(texts, tokenizer) : reading.read(texts);
    }

    /** Writes it as a model's directory, and beside it how it is asked. */
    void write(Path directory, Map<String, Tensor> weights, Ledger ledger) {
        Map<String, ObjectNode> beside = prompt == null ? Map.of() : Map.of(PromptConfig.FILE, prompt.json());
        List<Path> companions = base.companions().stream()
                .filter(file -> !file.endsWith(PromptConfig.FILE)) // of what it was before
                .toList();
        new WrittenModel(base.config(), companions, beside, Params.of(weights), ledger.metadata()).write(directory);
    }

    @Override
    public void close() {
        tokenizer.close();
        base.close();
    }
}
