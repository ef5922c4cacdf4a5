package org.counterweight.jobs.train;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.data.text.tag.TaggedSentences;
import org.counterweight.data.text.tag.TaggedTokens;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.sentences.SentenceRows;
import org.counterweight.jobs.evaluate.Judged;
import org.counterweight.jobs.predict.Entities;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import tools.jackson.databind.node.ObjectNode;

/**
 * The sentences to judge by, whose words have tags, and what a model tells of them.
 *
 * @param sentences as the file has them
 * @param tokens the same as the model reads them
 * @param tags the names of the tags, in the order of the model's outputs
 */
record TaggedWords(TaggedSentences sentences, Dataset tokens, List<String> tags) {
    private static final int ROWS = 64;

    static TaggedWords of(Prepared rows) {
        var words = new ArrayList<List<String>>();
        var truth = new ArrayList<List<String>>();
        for (ObjectNode line : rows.begun()) {
            words.add(texts(line, SentenceRows.WORDS));
            truth.add(texts(line, SentenceRows.TAGS));
        }
        var sentences = new TaggedSentences(words, truth, row -> "sentence " + (row + 1));
        return new TaggedWords(sentences, rows.told(), rows.labels());
    }

    private static List<String> texts(ObjectNode line, String key) {
        return line.path(key).valueStream().map(text -> text.asString()).toList();
    }

    /** Asks the model for the tag of every word. */
    Judged judged(Model model, Params params) {
        List<double[]> shares = sentences.words().stream()
                .map(words -> new double[words.size() * tags.size()])
                .toList();
        try (var off = Tensors.noGrad()) {
            for (int[] numbers : Batching.reading(tokens, ROWS).byLength(tokens)) {
                try (var scope = Scope.open()) {
                    Batch batch = tokens.batch(numbers);
                    Tensor logits = model.forward(params, batch.to(params.device()), Pass.evaluation())
                            .logits();
                    put(shares, numbers, batch, Tensors.toDoubles(logits.cpu().softmax(2)));
                }
            }
        }
        return Judged.tags(sentences, new Entities.Told(tags, shares));
    }

    /** @param ofTokens the probability of each tag of each token of each row */
    private void put(List<double[]> shares, int[] numbers, Batch batch, double[] ofTokens) {
        long[] words = Tensors.toLongs(batch.get(TaggedTokens.WORD));
        int length = words.length / numbers.length;
        for (int at = 0; at < words.length; at++) {
            if (words[at] >= 0) {
                int word = Math.toIntExact(words[at]);
                System.arraycopy(
                        ofTokens, at * tags.size(), shares.get(numbers[at / length]), word * tags.size(), tags.size());
            }
        }
    }
}
