package org.counterweight.jobs.model;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.recipe.ModelSection;
import org.counterweight.model.Model;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Decoder;
import org.counterweight.model.zoo.Encoder;
import org.counterweight.model.zoo.Gpt2;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model as its {@code config.json} describes it, before any weight is read. What is wrong there is said with the file's
 * name.
 */
public record Described(ObjectNode config, Model model) {
    /** The model with a classification head for these labels. */
    public static Described classifier(Path origin, ObjectNode base, ModelSection section, List<String> labels) {
        return named(origin, () -> {
            String other = Architectures.otherThanClasses(base);
            if (other != null) {
                throw new ConfigException(
                        other + " is not what a run learns, one class a text; to teach its encoder classes,"
                                + " take problem_type, num_labels and id2label out");
            }
            ObjectNode config = Architectures.classifier(base, labels, section.pooling());
            Model model = Architectures.of(config);
            if (model instanceof Decoder || model instanceof Gpt2) {
                refusePooling(section, "a decoder's classes come from the last token of each text");
            }
            return new Described(config, model);
        });
    }

    /** The model with a head that predicts words: the next, or hidden ones. */
    public static Described languageModel(Path origin, ObjectNode base, ModelSection section, boolean causal) {
        return named(origin, () -> {
            refusePooling(section, "words come from the token at their own place");
            ObjectNode config = Architectures.languageModel(base, causal);
            return new Described(config, Architectures.of(config));
        });
    }

    /** Refuses to pass over what the user wrote. */
    private static void refusePooling(ModelSection section, String instead) {
        if (section.pooling() != null) {
            throw new ConfigException("model.pooling says how a BERT's classifier sees the whole text, but here "
                    + instead + "; leave it out");
        }
    }

    private static Described named(Path origin, Supplier<Described> read) {
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
                ? "pooling: mean is a key of ours: transformers and PEFT pass over it, give the classifier the pooler's output and"
                        + " so answer differently; ask the model with cw predict, give the classifier the mean of the last"
                        + " hidden states over each text's tokens there, or train with model.pooling: pooler"
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
