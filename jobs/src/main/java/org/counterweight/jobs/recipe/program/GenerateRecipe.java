package org.counterweight.jobs.recipe.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.counterweight.config.Setting;
import org.counterweight.fewgen.catalogue.FewGenConfig;
import org.counterweight.fewgen.generate.LabelPrompt;
import org.counterweight.fewgen.prompt.PromptConfig;
import org.counterweight.jobs.recipe.ModelSection;
import org.counterweight.jobs.recipe.Overrides;
import org.counterweight.jobs.recipe.data.HomeDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What {@code cw generate} is to do. What can be told to be wrong by reading it has been refused when there is one. */
public record GenerateRecipe(
        @Setting(value = "The language model that writes: a directory with config.json, safetensors and tokenizer")
        String generator,

        @Setting(value = "The classifier that learns, as the section model of cw run")
        ModelSection classifier,

        @Setting(
                value = "How a masked language model is asked for the label at a mask; null for a plain head",
                defaultsTo = "null")
        @Nullable
        PromptConfig classifierPrompt,

        @Setting(value = "The few examples, and the rows to choose and to judge by")
        FewData data,

        @Setting(value = "The labels, in the order of the classifier's classes, each with its prompt")
        List<LabelPrompt> labels,

        @Setting(value = "What written texts begin with, and must not contain", defaultsTo = "{}")
        TextSource texts,

        @Setting(value = "The method's settings", defaultsTo = "{}")
        FewGenConfig fewgen,

        @Setting(value = "Directory of the run; null for runs/ and the recipe's name", defaultsTo = "null") @Nullable
        String output) {
    private static final String TASK = "task";
    private static final String PROMPT = "classifier_prompt";

    public GenerateRecipe {
        generator = HomeDirectory.expanded(generator);
        output = HomeDirectory.expandedOrNull(output);
        labels = List.copyOf(labels);
        if (labels.size() < 2) {
            throw new ConfigException("labels: " + labels.size() + " given; a classifier tells at least 2 apart");
        }
        var names = new HashSet<String>();
        labels.forEach(label -> {
            if (!names.add(label.label())) {
                throw new ConfigException("labels: \"" + label.label() + "\" stands twice; give each label one prompt");
            }
        });
        if (classifierPrompt != null) {
            checkPrompt(classifierPrompt, List.copyOf(names), data);
        }
        if (classifier.name() == null) {
            throw new ConfigException("classifier.architecture: texts are learnt by a model that there is; give name");
        }
        long infixes = labels.stream().filter(label -> !label.infix().isBlank()).count();
        if (!data.arePairs() && infixes > 0) {
            throw new ConfigException("labels.infix is of pairs; name the second sentence's column as data.pair");
        }
        if (infixes > 0 && infixes < labels.size()) {
            throw new ConfigException("labels.infix: " + infixes + " of " + labels.size()
                    + " labels have words between the sentences; give all some, or none");
        }
        if (data.arePairs() && texts.unlabelled() == null) {
            throw new ConfigException(
                    "texts.unlabelled is missing; name a file of first sentences to write second ones to");
        }
        if (!data.arePairs() && texts.unlabelled() != null) {
            throw new ConfigException(
                    "texts.unlabelled are first sentences of pairs; name the second's column as data.pair");
        }
    }

    private static void checkPrompt(PromptConfig prompt, List<String> labels, FewData data) {
        try {
            prompt.check(labels);
        } catch (ConfigException e) {
            throw new ConfigException(PROMPT + "." + e.getMessage(), e);
        }
        if (prompt.readsPairs() != data.arePairs()) {
            throw new ConfigException(
                    PROMPT + ".template",
                    prompt.template(),
                    data.arePairs()
                            ? "a place for the second sentence too, *sent_1*"
                            : "no *sent_1*, for the rows are single texts; or name the second sentence's column as"
                                    + " data.pair");
        }
    }

    /**
     * Reads a recipe. {@code task: sst2} or another of the paper's stands for its labels and rules, where they are not given.
     *
     * @param settings put in place of the file's, {@code fewgen.write.texts=100}
     */
    public static GenerateRecipe read(Path file, List<String> settings) throws IOException {
        ObjectNode tree = Configs.read(file);
        Overrides.apply(tree, settings);
        if (tree.path("output").isMissingNode()) {
            String name = String.valueOf(file.getFileName()).replaceFirst("\\.(ya?ml|json)$", "");
            tree.put("output", "runs/" + name);
        }
        return of(tree);
    }

    /** A recipe from its tree. */
    public static GenerateRecipe of(ObjectNode given) {
        ObjectNode tree = given.deepCopy();
        if (tree.has(TASK)) {
            ObjectNode known = task(tree.remove(TASK).asString());
            known.forEachEntry((key, value) -> {
                if (!tree.has(key)) {
                    tree.set(key, value);
                }
            });
        }
        if (tree.path(PROMPT) instanceof ObjectNode prompt) {
            tree.set(PROMPT, PromptConfig.read(prompt));
        }
        return Configs.bind(tree, GenerateRecipe.class, "");
    }

    private static ObjectNode task(String name) {
        ObjectNode all = tasks();
        List<String> names = List.copyOf(all.propertyNames());
        if (!names.contains(name)) {
            throw new ConfigException(TASK + ": \"" + name + "\" is unknown" + Nearest.hint(name, names, "Known:"));
        }
        return (ObjectNode) all.get(name);
    }

    private static ObjectNode tasks() {
        try (var stream = Objects.requireNonNull(GenerateRecipe.class.getResourceAsStream("fewgen-tasks.yaml"))) {
            return Configs.yaml(new String(stream.readAllBytes(), StandardCharsets.UTF_8), "fewgen-tasks.yaml");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the labels. */
    public List<String> names() {
        return labels.stream().map(LabelPrompt::label).toList();
    }

    /** The same with another directory. */
    public GenerateRecipe into(Path directory) {
        return new GenerateRecipe(
                generator, classifier, classifierPrompt, data, labels, texts, fewgen, directory.toString());
    }

    /** Where the run writes. */
    public Path directory() {
        return Path.of(output == null ? "runs/generate" : output);
    }

    /** With every default written out. */
    public ObjectNode tree() {
        return Configs.tree(this);
    }
}
