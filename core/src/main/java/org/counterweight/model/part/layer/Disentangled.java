package org.counterweight.model.part.layer;

import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * What the distance of two tokens adds to their score, by what the one says and by what the other says: each distance has
 * an embedding, from which queries and keys are made as from words. P. He et al., "DeBERTa: Decoding-enhanced BERT with
 * Disentangled Attention", ICLR 2021, section 3.1, with the logarithmic buckets of DeBERTa's second version.
 *
 * @param module the table of distances, of 2 · {@code span} rows
 * @param normName its layer norm; null for none
 * @param buckets half as many as there are; 0 for a row for every distance
 * @param longest distance that counts
 * @param shared whether distances' queries and keys are made by the words' modules, or by {@code positionQuery} and
 *     {@code positionKey}
 * @param contentToPosition whether a query looks at distances
 * @param positionToContent whether a key looks at distances
 * @param dropout of the distances' embeddings
 */
public record Disentangled(
        String module,
        @Nullable String normName,
        Norm norm,
        int buckets,
        int longest,
        boolean shared,
        String positionQuery,
        String positionKey,
        boolean contentToPosition,
        boolean positionToContent,
        double dropout) {

    /**
     * The distances of one pass.
     *
     * @param embeddings of all of the table
     * @param first the least row that a distance of this length has
     * @param rows that of each pair, counted from there: {@code [length, length]}
     * @param used how many there are; 2 · length − 1 where no two distances share one
     */
    public record Distances(Tensor embeddings, long first, Tensor rows, long used) {
        /**
         * What each word says about the distance to each other, {@code [rows, heads, length, length]}.
         *
         * @param words {@code [rows, heads, length, size]}
         * @param places of the rows in use, {@code [1, heads, used, size]}
         * @param isMirrored whether the distance is from the other to the word
         */
        private Tensor seen(Tensor words, Tensor places, boolean isMirrored) {
            long length = words.size(2);
            boolean isRowEach = length > 1 && used == 2 * length - 1;
            Tensor ordered = isRowEach && !isMirrored ? places.flip(2) : places;
            Tensor scores = matmul(words, ordered.transpose(-2, -1)); // [rows, heads, length, used]
            if (isRowEach) {
                return diagonals(scores, length);
            }
            long[] shape = {scores.size(0), scores.size(1), length, length};
            return scores.gather(-1, (isMirrored ? rows.t() : rows).expand(shape));
        }

        /**
         * Place (i, j) has what stands at (i, j − i + n − 1) of {@code [rows, heads, n, 2 n − 1]}: as many numbers less a row
         * bring each diagonal into a column, without a copy. C.-Z. A. Huang et al., "Music Transformer", ICLR 2019, section 3.4.1.
         */
        private static Tensor diagonals(Tensor scores, long n) {
            Tensor line = slice(scores.flatten(2, 3), 2, n - 1, n - 1 + n * (2 * n - 2));
            return slice(line.unflatten(2, n, -1), 3, 0, n);
        }
    }

    /** The reach of the table to either side. */
    public int span() {
        return buckets > 0 ? buckets : longest;
    }

    /** By what the scale of the scores grows: one for each thing that is summed. */
    double summands() {
        return 1 + (contentToPosition ? 1 : 0) + (positionToContent ? 1 : 0);
    }

    public Distances distances(Params base, long length) {
        Tensor table = slice(base.weight(module + ".weight"), 0, 0, 2L * span());
        Tensor embeddings = normName == null ? table : norm.apply(base, normName, table);
        long least = row(1 - length);
        long[] ofDistance = LongStream.range(1 - length, length)
                .map(distance -> row(distance) - least)
                .toArray();
        Tensor backwards = Tensors.longs(ofDistance).flip(0); // from length − 1 down: each query begins one further
        Tensor rows = backwards.unfold(0, length, 1).flip(0);
        return new Distances(
                embeddings, least, Tensors.to(rows, table.device()), ofDistance[ofDistance.length - 1] + 1);
    }

    private long row(long distance) {
        return Math.min(Math.max(bucket(distance) + span(), 0), 2L * span() - 1);
    }

    /** In float32, as the reference: a distance at the edge of a bucket falls where rounding puts it. */
    private long bucket(long distance) {
        int middle = buckets / 2;
        long size = Math.abs(distance);
        if (buckets <= 0 || longest <= 0 || size <= middle) {
            return distance;
        }
        float share = (float) Math.log((float) size / middle) / (float) Math.log((float) (longest - 1) / middle);
        return (long) ((float) Math.ceil(share * (middle - 1)) + middle) * Long.signum(distance);
    }

    /**
     * What is added to the scores, {@code [rows, heads, length, length]}; null where neither looks at distances.
     *
     * @param query {@code [rows, heads, length, size]}, as is {@code key}
     */
    @Nullable
    Tensor bias(Params layer, EncoderLayer words, Tensor query, Tensor key, Distances distances, Pass pass) {
        Tensor dropped = pass.dropout(distances.embeddings(), dropout);
        Tensor embeddings = slice(dropped, 0, distances.first(), distances.first() + distances.used())
                .unsqueeze(0);
        double scale = 1 / Math.sqrt(query.size(3) * summands());
        Tensor sum = null;
        if (contentToPosition) {
            Tensor keys = words.heads(layer, shared ? words.names().key() : positionKey, embeddings, pass);
            sum = distances.seen(query, as(times(keys, scale), query), false);
        }
        if (positionToContent) {
            Tensor queries = words.heads(layer, shared ? words.names().query() : positionQuery, embeddings, pass);
            Tensor seen =
                    distances.seen(key, as(times(queries, scale), key), true).transpose(-2, -1);
            sum = sum == null ? seen : sum.add(seen);
        }
        return sum;
    }

    /** {@code shapes} with the table, below {@code prefix}. */
    public void shapes(Shapes shapes, String prefix, long width) {
        shapes.embedding(prefix + module, 2L * span(), width);
        if (normName != null) {
            norm.shapes(shapes, prefix + normName, width);
        }
    }

    /** {@code shapes} with the modules of a layer that distances have for themselves. */
    void layerShapes(Shapes shapes, String layer, long width) {
        if (!shared && contentToPosition) {
            shapes.linear(layer + positionKey, width, width, true);
        }
        if (!shared && positionToContent) {
            shapes.linear(layer + positionQuery, width, width, true);
        }
    }
}
