package org.counterweight.studies.reweigh;

import static org.bytedeco.pytorch.global.torch.cat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.counterweight.data.BatchSource;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;

/**
 * Several texts, from which rows are drawn at random, with replacement, each text in its share.
 *
 * @param texts of equal block length
 * @param shares one a text, none negative, sum 1
 */
record Mixture(List<LanguageModelling> texts, List<Double> shares) {
    Mixture {
        texts = List.copyOf(texts);
        shares = List.copyOf(shares);
        double sum = shares.stream().mapToDouble(Double::doubleValue).sum();
        if (texts.size() != shares.size()
                || !(Math.abs(sum - 1) < 1e-9)
                || shares.stream().anyMatch(s -> s < 0)) {
            throw new IllegalArgumentException(
                    "shares: " + shares + "; expected " + texts.size() + " of at least 0 and sum 1");
        }
    }

    /** So many batches an epoch; each is a function of the seed, the epoch and its place alone. */
    BatchSource batches(int count, int rows, Seed seed) {
        return BatchSource.of(
                count,
                epoch -> place -> batch(rows, seed.child(epoch).child(place).random()));
    }

    /** The rows of one text stand together. */
    private Batch batch(int rows, SplittableRandom random) {
        int[] origins = IntStream.range(0, rows)
                .map(row -> origin(random.nextDouble()))
                .sorted()
                .toArray();
        var parts = new ArrayList<Tensor>();
        for (int text = 0; text < texts.size(); text++) {
            int wanted = text;
            LanguageModelling blocks = texts.get(text);
            int[] drawn = IntStream.of(origins)
                    .filter(origin -> origin == wanted)
                    .map(origin -> random.nextInt(blocks.size()))
                    .toArray();
            if (drawn.length > 0) {
                parts.add(blocks.batch(drawn).inputIds());
            }
        }
        Tensor ids = cat(new TensorVector(parts.toArray(Tensor[]::new)), 0);
        return new Batch(Map.of(Batch.INPUT_IDS, ids, Batch.LABELS, ids));
    }

    /** The text whose part of [0, 1) the number lies in. */
    private int origin(double uniform) {
        double end = 0;
        for (int text = 0; text < shares.size() - 1; text++) {
            end += shares.get(text);
            if (uniform < end) {
                return text;
            }
        }
        return shares.size() - 1;
    }
}
