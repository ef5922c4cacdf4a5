package org.counterweight.model.part.attention;

import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.to;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Params;

/**
 * What the distance of two tokens adds to each head's score: a row of a table for each bucket of distances, narrow near by
 * and wide far away. C. Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
 * 2020, section 2.1.
 *
 * @param module the table
 * @param rows of the table; as many as buckets, or more, which are not read
 * @param buckets that distances fall into
 * @param farthest from this distance on there is one bucket
 * @param bothWays whether half of the buckets is for keys behind the query; else those have the first bucket
 */
public record RelativeBias(String module, int rows, int buckets, int farthest, boolean bothWays) {
    /** With a row for each bucket. */
    public RelativeBias(String module, int buckets, int farthest, boolean bothWays) {
        this(module, buckets, buckets, farthest, bothWays);
    }

    public RelativeBias {
        if (rows < buckets) {
            throw new ConfigException(
                    "relative_attention_num_buckets", rows, "an integer of at least " + buckets + ", which are read");
        }
    }

    /**
     * @param before how many tokens were read before the queries'
     * @return {@code [1, heads, queries, keys]}
     */
    public Tensor of(Params at, long before, long queries, long keys) {
        Tensor query = numbers(before, before + queries, at).unsqueeze(1);
        Tensor key = numbers(0, keys, at).unsqueeze(0);
        return at.embedding(module, buckets(key.sub(query))).permute(2, 0, 1).unsqueeze(0);
    }

    /** The same table where a query sees only keys before it. */
    public RelativeBias oneWay() {
        return new RelativeBias(module, rows, buckets, farthest, false);
    }

    private static Tensor numbers(long from, long to, Params beside) {
        return to(torch.arange(scalar(from), scalar(to), options(ScalarType.Long)), beside.device());
    }

    private Tensor buckets(Tensor relative) {
        int each = bothWays ? buckets / 2 : buckets;
        int exact = each / 2;
        Tensor distance = bothWays ? relative.abs() : relative.neg().clamp_min(scalar(0));
        // In float32, as the reference: a distance at the edge of a bucket falls where rounding puts it.
        Tensor log = distance.to(ScalarType.Float)
                .div(scalar(exact))
                .log()
                .div(scalar(Math.log((double) farthest / exact)))
                .mul(scalar(each - exact));
        Tensor far = log.to(ScalarType.Long).add(scalar(exact)).clamp_max(scalar(each - 1));
        Tensor bucket = torch.where(distance.lt(scalar(exact)), distance, far);
        Tensor all = bothWays ? bucket.add(relative.gt(scalar(0)).mul(scalar(each))) : bucket;
        return all.to(ScalarType.Long); // small integers, which float32 holds exactly
    }
}
