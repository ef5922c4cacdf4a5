package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenPlaces;
import org.counterweight.data.text.WordRows;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.data.Truncation;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.jobs.predict.entity.Aggregation;
import org.counterweight.jobs.predict.entity.Entity;
import org.counterweight.jobs.predict.entity.TaggedText;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model that predicts the tags of tokens tells the entities of texts: {@code entities}, each with its {@code entity}, what of,
 * {@code score}, the mean probability of its tokens' or words' tags, {@code word} as it stands in the text, and {@code start} and
 * {@code end}, counted in Unicode's code points.
 */
public record Entities(AskedModel asked, Aggregation aggregation) implements Predictor {
    @Override
    public void answer(Questions questions, Consumer<List<ObjectNode>> sink) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            AdaptedModel adapted = asked.open(files);
            if (asked.maxLength() != null) {
                adapted.checkLength("--max-length", asked.maxLength());
            }
            Path home = TokenizerPlace.of(asked.directory(), asked.adapter()).directory();
            int length = ClassifierLength.of(asked.maxLength(), adapted, home);
            Params params = asked.params(adapted);
            try (TextTokenizer tokenizer = asked.tokenizer(adapted, length)) {
                AskedModel.Reader reader = asked.reader(adapted, tokenizer);
                questions.texts(asked, texts -> {
                    sink.accept(answers(reader, texts, params, aggregation));
                    asked.inference().progress().advance(texts.all().size());
                });
                reader.tellCut(asked.remarks());
            }
        }
    }

    /** The same of a model that is open. */
    static List<ObjectNode> answers(
            AskedModel.Reader reader, Questions.Texts texts, Params params, Aggregation aggregation) {
        var lines = new ArrayList<ObjectNode>();
        for (int row = 0; row < texts.all().size(); row++) {
            String text = texts.all().get(row);
            TokenPlaces places = reader.tokenizer().encodePlaces(text);
            reader.cut().add(places.cut());
            ObjectNode line = texts.begun().get(row);
            ArrayNode entities = line.putArray("entities");
            of(reader.directory(), reader.adapted(), params, places, aggregation)
                    .forEach(entity -> tell(entity, text, entities.addObject()));
            lines.add(line);
        }
        return lines;
    }

    /**
     * The entities of one text.
     *
     * @param directory of the model, for messages
     * @param params what it is asked with
     */
    public static List<Entity> of(
            Path directory, AdaptedModel adapted, Params params, TokenPlaces text, Aggregation aggregation) {
        double[] shares = shares(directory, adapted, params, text.ids());
        var tagged = new TaggedText(text, ModelDescription.labels(adapted.config()), shares);
        return aggregation == Aggregation.SIMPLE ? tagged.ofTokens() : tagged.ofWords();
    }

    /**
     * Puts what an entity is into {@code line}.
     *
     * @param text that it stands in
     */
    public static void tell(Entity entity, String text, ObjectNode line) {
        int start = text.offsetByCodePoints(0, entity.start());
        int end = text.offsetByCodePoints(start, entity.end() - entity.start());
        line.put("entity", entity.type())
                .put("score", Math.round(entity.score() * 1e4) / 1e4)
                .put("word", text.substring(start, end))
                .put("start", entity.start())
                .put("end", entity.end());
    }

    /** The probability of each tag of each token, token by token. */
    private static double[] shares(Path directory, AdaptedModel adapted, Params params, long... ids) {
        if (ids.length == 0) {
            return new double[0];
        }
        long[] real = new long[ids.length];
        Arrays.fill(real, 1);
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            var batch = new Batch(Map.of(
                    Batch.INPUT_IDS, Tensors.longs(ids, 1, ids.length),
                    Batch.ATTENTION_MASK, Tensors.longs(real, 1, ids.length)));
            Tensor logits = adapted.model()
                    .forward(params, batch.to(params.device()), Pass.evaluation())
                    .logits()
                    .cpu();
            if (!logits.isfinite().all().item_bool()) {
                throw new WeightsException(directory, "gives scores that are not finite; the weights are damaged");
            }
            return Tensors.toDoubles(logits.softmax(2));
        }
    }

    /** The same, with tokens put together in another way. */
    public Entities with(Aggregation other) {
        return new Entities(asked, other);
    }

    /**
     * What is reported of words that are apart already.
     *
     * @param tags the names of the tags
     * @param shares of each sentence the probability of each tag of each word, word by word; 0 of words that were cut
     */
    public record Told(List<String> tags, List<double[]> shares) {}

    /** Asks about sentences; says how many were cut. */
    public Told ofWords(List<List<String>> sentences) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            AdaptedModel adapted = asked.open(files);
            TokenizerPlace place = TokenizerPlace.of(asked.directory(), asked.adapter());
            place.check(adapted.model());
            if (asked.maxLength() != null) {
                adapted.checkLength("--max-length", asked.maxLength());
            }
            int length = ClassifierLength.of(asked.maxLength(), adapted, place.directory());
            try (TextTokenizer tokenizer = TextTokenizer.ofWords(place.directory(), length)) {
                WordRows words = tokenizer.encodeWords(sentences);
                Truncation.of(words.tokens(), length).tell("--max-length N reads more", asked.remarks());
                Params params = asked.params(adapted);
                List<String> tags = ModelDescription.labels(adapted.config());
                var told = new ArrayList<double[]>();
                for (int row = 0; row < sentences.size(); row++) {
                    double[] ofTokens = shares(
                            asked.directory(), adapted, params, words.tokens().ids(row));
                    int[] first = words.first(row);
                    double[] ofWords = new double[first.length * tags.size()];
                    for (int word = 0; word < first.length; word++) {
                        if (first[word] >= 0) {
                            System.arraycopy(
                                    ofTokens, first[word] * tags.size(), ofWords, word * tags.size(), tags.size());
                        }
                    }
                    told.add(ofWords);
                }
                return new Told(tags, told);
            }
        }
    }
}
