package org.counterweight.jobs.model;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.recipe.ModelSection;
import org.counterweight.model.Model;
import org.counterweight.model.config.Problem;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Heads;
import org.counterweight.model.zoo.StoredHead;
import org.counterweight.model.zoo.decoder.Decoder;
import org.counterweight.model.zoo.decoder.Gpt2;
import org.counterweight.model.zoo.decoder.Recurrent;
import org.counterweight.model.zoo.encoder.Encoder;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model as its {@code config.json} describes it, before any weight is read. What is wrong there is said with the file's
 * name.
 */
public record ModelDescription(ObjectNode config, Model model) {
    private static final String IMAGES = "ImageClassification";
    private static final String TABLES = "TableClassification";
    private static final String NODES = "NodeClassification";
    private static final String NOISE = "ImageGeneration";

    /** The model with a classification head for these labels. */
    public static ModelDescription classifier(Path origin, ObjectNode base, ModelSection section, List<String> labels) {
        return ofTexts(origin, base, section, labels, Problem.CLASSES);
    }

    /**
     * The model of texts with a head of this many outputs.
     *
     * @param outputs the names of classes, or of the score
     * @throws ConfigException if it has a head of another kind
     */
    public static ModelDescription ofTexts(
            Path origin, ObjectNode base, ModelSection section, List<String> outputs, Problem problem) {
        return named(origin, () -> {
            String other = Heads.otherThanClasses(base);
            if (other != null && Problem.of(base) != problem) {
                throw new ConfigException(other + " is not what a run learns, " + problem.ofAText()
                        + "; to teach its encoder that, take problem_type, num_labels and id2label out");
            }
            ObjectNode config = Heads.classifier(base, outputs, section.pooling());
            problem.writeTo(config);
            Model model = Architectures.of(config);
            if (model instanceof Decoder || model instanceof Gpt2 || model instanceof Recurrent) {
                refusePooling(section, "a decoder's classes come from the last token of each text");
            }
            return new ModelDescription(config, model);
        });
    }

    /** The model of a table's rows with a head of this many outputs. */
    public static ModelDescription ofTables(
            Path origin, ObjectNode base, ModelSection section, List<String> outputs, Problem problem) {
        return named(origin, () -> {
            if (!(Architectures.of(base) instanceof Mlp)) {
                throw new ConfigException(
                        "model_type", base.path("model_type").asString(""), "a model of numbers: mlp");
            }
            ObjectNode config = Heads.plain(base, TABLES, outputs);
            problem.writeTo(config);
            refusePooling(section, "the model sees a table's rows");
            return new ModelDescription(config, Architectures.of(config));
        });
    }

    /** The model with a head that tells one of these labels for each token. */
    public static ModelDescription tokenClassifier(
            Path origin, ObjectNode base, ModelSection section, List<String> labels) {
        return named(origin, () -> {
            refusePooling(section, "classes come from the token at their own place");
            ObjectNode config = Heads.tokenClassifier(base, labels);
            Problem.CLASSES.writeTo(config);
            return new ModelDescription(config, Architectures.of(config));
        });
    }

    /** The model with a head that predicts words: the next, or hidden ones. */
    public static ModelDescription languageModel(Path origin, ObjectNode base, ModelSection section, boolean causal) {
        return named(origin, () -> {
            refusePooling(section, "words come from the token at their own place");
            ObjectNode config = Heads.languageModel(base, causal);
            return new ModelDescription(config, Architectures.of(config));
        });
    }

    /** The model that answers texts. */
    public static ModelDescription textToText(Path origin, ObjectNode base, ModelSection section) {
        return named(origin, () -> {
            refusePooling(section, "words come from the answer's own places");
            ObjectNode config = Heads.textToText(base);
            return new ModelDescription(config, Architectures.of(config));
        });
    }

    /** The model of images with a head of this many outputs. */
    public static ModelDescription ofImages(
            Path origin, ObjectNode base, ModelSection section, List<String> outputs, Problem problem) {
        return named(origin, () -> {
            ObjectNode config = Heads.imageClassifier(base, outputs);
            problem.writeTo(config);
            refusePooling(section, "the model sees images");
            return new ModelDescription(config, Architectures.of(config));
        });
    }

    /** The model of a graph's nodes with a classification head for these labels. */
    public static ModelDescription ofNodes(Path origin, ObjectNode base, ModelSection section, List<String> labels) {
        return named(origin, () -> {
            ObjectNode config = Heads.ofNodes(base, NODES, labels);
            refusePooling(section, "the model sees nodes");
            return new ModelDescription(config, Architectures.of(config));
        });
    }

    /** The network that tells noise in images of these classes. */
    public static ModelDescription ofNoise(Path origin, ObjectNode base, ModelSection section, List<String> labels) {
        return named(origin, () -> {
            ObjectNode config = Heads.ofNoise(base, NOISE, labels);
            refusePooling(section, "the model sees images");
            return new ModelDescription(config, Architectures.of(config));
        });
    }

    /** With the head that files hold, where it is not the table of words that their config ties it to. */
    ModelDescription asStoredIn(ModelDirectory files) {
        ObjectNode stored = StoredHead.config(config, files);
        return stored.equals(config) ? this : new ModelDescription(stored, Architectures.of(stored));
    }

    /** Whether its config says that it tells noise in images. */
    public static boolean isOfNoise(ObjectNode config) {
        return config.path("architectures").path(0).asString("").endsWith("For" + NOISE);
    }

    /** Whether its config says that it predicts the classes of nodes. */
    public static boolean isOfNodes(ObjectNode config) {
        return config.path("architectures").path(0).asString("").endsWith("For" + NODES);
    }

    /** Whether its config says that it predicts the classes of images. */
    public static boolean isOfImages(ObjectNode config) {
        return config.path("architectures").path(0).asString("").contains("For" + IMAGES);
    }

    /** Whether its config says that it tells something of a table's rows. */
    public static boolean isOfTables(ObjectNode config) {
        return config.path("architectures").path(0).asString("").endsWith("For" + TABLES);
    }

    /** Refuses to pass over what the user wrote. */
    private static void refusePooling(ModelSection section, String instead) {
        if (section.pooling() != null) {
            throw new ConfigException("model.pooling says how a BERT's classifier sees the whole text, but here "
                    + instead + "; leave it out");
        }
    }

    private static ModelDescription named(Path origin, Supplier<ModelDescription> read) {
        try {
            return read.get();
        } catch (ConfigException e) {
            throw new ConfigException(origin.resolve("config.json") + ": " + e.getMessage(), e);
        }
    }

    /** What of the model other readers of its files would compute otherwise, in one line; null if they agree. */
    @Nullable
    public String foreign() {
        return model instanceof Encoder encoder
                        && encoder.head().kind() == Head.CLASSIFIER
                        && encoder.head().pooling() == Pooling.MEAN
                ? "pooling: mean is a key of ours: transformers and PEFT pass over it, give the classifier the"
                        + " pooler's output and so answer differently; ask the model with cw predict, give the"
                        + " classifier the mean of the last hidden states over each text's tokens there, or train with"
                        + " model.pooling: pooler"
                : null;
    }

    /** The names of a classifier's classes, in their order; none if its config has none. */
    public static List<String> labels(ObjectNode config) {
        JsonNode names = config.path("id2label");
        return IntStream.range(0, names.size())
                .mapToObj(i -> names.path(String.valueOf(i)).asString("LABEL_" + i))
                .toList();
    }

    /**
     * Refuses texts of more tokens than the model has places for.
     *
     * @param field where their length stands, for the message
     */
    public void checkLength(String field, int maxLength) {
        int positions = Architectures.positions(config);
        if (maxLength > positions) {
            throw new ConfigException(field, maxLength, "at most " + positions + ", the model's number of positions");
        }
    }
}
