package org.counterweight.model.part.layer;

import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

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

    /** The distances of one pass: their embeddings, and the row of each pair, {@code [length, length]}. */
    public record Distances(Tensor embeddings, Tensor rows) {}

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
        long[] rows = new long[Math.toIntExact(length * length)];
        for (int query = 0; query < length; query++) {
            for (int key = 0; key < length; key++) {
                long row = bucket(query - key) + span();
                rows[(int) (query * length + key)] = Math.min(Math.max(row, 0), 2L * span() - 1);
            }
        }
        return new Distances(embeddings, Tensors.to(Tensors.longs(rows, length, length), table.device()));
    }

    /** In float32, as the reference: a distance at the edge of a bucket falls where rounding puts it. */
    private long bucket(int distance) {
        int middle = buckets / 2;
        int size = Math.abs(distance);
        if (buckets <= 0 || longest <= 0 || size <= middle) {
            return distance;
        }
        float share = (float) Math.log((float) size / middle) / (float) Math.log((float) (longest - 1) / middle);
        return (long) ((float) Math.ceil(share * (middle - 1)) + middle) * Integer.signum(distance);
    }

    /**
     * What is added to the scores, {@code [rows, heads, length, length]}; null where neither looks at distances.
     *
     * @param query {@code [rows, heads, length, size]}, as is {@code key}
     */
    @Nullable
    Tensor bias(Params layer, EncoderLayer words, Tensor query, Tensor key, Distances distances, Pass pass) {
        Tensor embeddings = pass.dropout(distances.embeddings(), dropout).unsqueeze(0);
        double scale = 1 / Math.sqrt(query.size(3) * summands());
        long[] shape = {query.size(0), query.size(1), query.size(2), query.size(2)};
        Tensor sum = null;
        if (contentToPosition) {
            Tensor keys = words.heads(layer, shared ? words.names().key() : positionKey, embeddings, pass);
            sum = matmul(query, keys.transpose(-2, -1))
                    .gather(-1, distances.rows().expand(shape));
        }
        if (positionToContent) {
            Tensor queries = words.heads(layer, shared ? words.names().query() : positionQuery, embeddings, pass);
            Tensor seen = matmul(key, queries.transpose(-2, -1))
                    .gather(-1, distances.rows().t().expand(shape)) // a key's distance to a query is the mirrored one
                    .transpose(-2, -1);
            sum = sum == null ? seen : sum.add(seen);
        }
        return sum == null ? null : times(sum, scale);
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
