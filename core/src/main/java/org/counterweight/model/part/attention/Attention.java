package org.counterweight.model.part.attention;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Past;
import org.counterweight.model.Prefix;
import org.jspecify.annotations.Nullable;

/** What surrounds {@link ScaledDotProduct}: its masks, the keys of what was read before, the heads of a state. */
public final class Attention {
    static final double LOWEST = -Float.MAX_VALUE; // not −∞: a row of padding alone would become NaN

    private Attention() {}

    /**
     * What is added to the scores of {@code [rows, heads, length, keys]}: nothing (null) where every token is real and of one
     * document with the others of its row, else the lowest float at padded keys, {@code [rows, 1, 1, keys]}, or at those of
     * other documents, {@code [rows, 1, length, keys]}. A prefix is seen by all.
     */
    public static @Nullable Tensor padding(Batch batch, Params params) {
        Tensor real = batch.find(Batch.ATTENTION_MASK);
        Tensor padded = real == null || real.all().item_bool()
                ? null
                : real.eq(scalar(0)).unsqueeze(1).unsqueeze(1);
        Tensor apart = apart(batch);
        Tensor unseen = padded == null ? apart : apart == null ? padded : padded.logical_or(apart);
        return unseen == null ? null : behindPrefix(unseen.to(ScalarType.Float).mul_(scalar(LOWEST)), params);
    }

    /** Where query and key are of two documents, {@code [rows, 1, length, length]}: one begins wherever positions do. */
    private static @Nullable Tensor apart(Batch batch) {
        Tensor positions = batch.find(Batch.POSITION_IDS);
        if (positions == null) {
            return null;
        }
        Tensor document = positions.eq(scalar(0)).to(ScalarType.Long).cumsum(1);
        return document.unsqueeze(2).ne(document.unsqueeze(1)).unsqueeze(1);
    }

    /**
     * The same for a decoder, or null where the causal order alone masks, or the one token of a later pass sees all before
     * it: {@code [rows, 1, length, keys]}.
     */
    public static @Nullable Tensor causalPadding(Batch batch, Params params, Pass pass) {
        Tensor padding = padding(batch, params);
        if (padding == null && (params.prefix() == null || before(pass) > 0)) {
            return null;
        }
        Tensor like = padding == null ? batch.inputIds().new_zeros(1).to(ScalarType.Float) : padding;
        Tensor future = behindPrefix(order(batch.inputIds().size(1), like), params);
        return padding == null ? future : torch.minimum(padding, future);
    }

    private static Tensor behindPrefix(Tensor mask, Params params) {
        long places = prefixLength(params);
        return places == 0 ? mask : torch.constant_pad_nd(mask, places, 0);
    }

    /** How many places of a prefix stand before the text. */
    public static long prefixLength(Params params) {
        Prefix prefix = params.prefix();
        return prefix == null ? 0 : prefix.length();
    }

    /**
     * The same for a decoder of which each query sees a few tokens alone.
     *
     * @param window how many, the query's own among them; 0 for all
     */
    public static @Nullable Tensor causalMask(Batch batch, Params params, Pass pass, int window) {
        long before = before(pass) + prefixLength(params);
        long all = before + batch.inputIds().size(1);
        if (window == 0 || all <= window) {
            return causalPadding(batch, params, pass);
        }
        Tensor ids = batch.inputIds();
        Tensor queries = torch.arange(scalar(before), scalar(all), options(ids)).unsqueeze(1);
        Tensor keys = torch.arange(scalar(all), options(ids)).unsqueeze(0);
        Tensor distance = queries.sub(keys);
        Tensor unseen = distance.lt(scalar(0)).logical_or(distance.ge(scalar(window)));
        Tensor order = unseen.to(ScalarType.Float).mul_(scalar(LOWEST)); // [length, keys]
        Tensor padding = padding(batch, params);
        return padding == null ? order : torch.minimum(padding, order);
    }

    /**
     * The same for an encoder of which each query sees its neighbours alone.
     *
     * @param reach how many to either side
     */
    public static @Nullable Tensor neighbours(Batch batch, Params params, int reach) {
        Tensor ids = batch.inputIds();
        Tensor padding = padding(batch, params);
        if (ids.size(1) <= reach + 1) {
            return padding;
        }
        Tensor places = torch.arange(scalar(ids.size(1)), options(ids));
        Tensor far = places.unsqueeze(1).sub(places.unsqueeze(0)).abs().gt(scalar(reach));
        Tensor order = far.to(ScalarType.Float).mul_(scalar(LOWEST));
        return padding == null ? order : torch.minimum(padding, order);
    }

    /** The lowest float where the key lies after the query, else 0; {@code [length, length]}, of the type of {@code like}. */
    public static Tensor order(long length, Tensor like) {
        return torch.full(new long[] {length, length}, scalar(LOWEST), options(like))
                .triu(1);
    }

    /** How many tokens were read before those of this pass. */
    public static long before(Pass pass) {
        Past past = pass.past();
        return past == null ? 0 : past.length();
    }

    /**
     * Keys with those of the prefix and of the tokens that were read before.
     *
     * @param attention the view of the module
     * @param fresh {@code [rows, heads, length, size]}
     */
    public static Tensor keys(Params attention, Tensor fresh, Pass pass) {
        Prefix.KeyValue prefix = attention.prefixHere();
        return withPast(attention.path("key"), prefix == null ? null : prefix.key(), fresh, pass);
    }

    /** The same of values. */
    public static Tensor values(Params attention, Tensor fresh, Pass pass) {
        Prefix.KeyValue prefix = attention.prefixHere();
        return withPast(attention.path("value"), prefix == null ? null : prefix.value(), fresh, pass);
    }

    private static Tensor withPast(String name, @Nullable Tensor prefix, Tensor fresh, Pass pass) {
        Past past = pass.past();
        // a past that has read something keeps the prefix already
        Tensor all = prefix == null || before(pass) > 0
                ? fresh
                : torch.cat(
                        new TensorVector(
                                as(prefix, fresh)
                                        .unsqueeze(0)
                                        .expand(fresh.size(0), prefix.size(0), prefix.size(1), prefix.size(2)),
                                fresh),
                        2);
        if (past == null) {
            return all;
        }
        Tensor known = past.with(name, all);
        return past.length() == 0 ? all : known; // the first pass has all of them at hand
    }

    /** That a pass has read its tokens. */
    public static void read(Pass pass, long tokens) {
        Past past = pass.past();
        if (past != null) {
            past.advance(tokens);
        }
    }

    /** {@code [rows, length, heads · size]} to {@code [rows, heads, length, size]}. */
    public static Tensor split(Tensor x, long heads) {
        return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }

    /** The way back. */
    public static Tensor join(Tensor x) {
        return x.transpose(1, 2).reshape(x.size(0), x.size(2), x.size(1) * x.size(3));
    }

    /** Each of few key or value heads, repeated for its group of query heads. */
    public static Tensor repeated(Tensor x, long times) {
        if (times == 1) {
            return x;
        }
        long[] grouped = {x.size(0), x.size(1), times, x.size(2), x.size(3)};
        return x.unsqueeze(2).expand(grouped).reshape(x.size(0), x.size(1) * times, x.size(2), x.size(3));
    }
}
