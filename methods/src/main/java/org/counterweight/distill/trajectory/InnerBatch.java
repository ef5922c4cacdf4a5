package org.counterweight.distill.trajectory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * What one inner step learns from. An engine takes a step more than once, so that the augmentation has its draws in it.
 *
 * @param rows b_s, {@code int64 [b]}: which of the synthetic images
 * @param augmentation differentiable and the same each time; {@code [b, c, h, w] -> [b, c, h, w]}
 */
public record InnerBatch(Tensor rows, UnaryOperator<Tensor> augmentation) {
    /** Images as they are. */
    public static InnerBatch of(Tensor rows) {
        return new InnerBatch(rows, UnaryOperator.identity());
    }

    /**
     * The rows of T steps: a random permutation of all images is cut into chunks, which are used from the last to the first;
     * then comes another permutation.
     *
     * @param images n
     * @param size of a chunk; n where that is less. The last chunk of a permutation may be smaller
     * @param steps T
     * @return one {@code int64} tensor a step
     */
    public static List<Tensor> rows(int images, int size, int steps, Seed seed) {
        if (images < 1 || size < 1) {
            throw new IllegalArgumentException(
                    "chunks of " + size + " out of " + images + " images; both must be at least 1");
        }
        int chunk = Math.min(size, images);
        var rows = new ArrayList<Tensor>();
        for (int round = 0; rows.size() < steps; round++) {
            int[] order = seed.child(round).permutation(images);
            var chunks = new ArrayList<Tensor>();
            for (int from = 0; from < images; from += chunk) {
                int[] part = Arrays.copyOfRange(order, from, Math.min(images, from + chunk));
                chunks.add(Tensors.longs(Arrays.stream(part).asLongStream().toArray()));
            }
            Collections.reverse(chunks);
            rows.addAll(chunks.subList(0, Math.min(chunks.size(), steps - rows.size())));
        }
        return List.copyOf(rows);
    }
}
