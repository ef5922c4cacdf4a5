package org.counterweight.model;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * The keys and values of the tokens that a decoder has read, layer by layer, or the state in which a recurrent network is after
 * them, so that the next one can be given alone. The first pass with it reads any number of tokens, each later pass one.
 *
 * <p>Not thread-safe. Its tensors belong to it: {@link #close} frees them.
 */
public final class Past implements AutoCloseable {
    private final Map<String, Tensor> stored = new HashMap<>();
    private long length;

    /** How many tokens have been read. */
    public long length() {
        return length;
    }

    /** That the pass is over: its tokens have been read in every layer. */
    public void advance(long tokens) {
        length += tokens;
    }

    /**
     * Keys or values of all tokens, with those of this pass at the end.
     *
     * @param name which layer's, and which of the two
     * @param fresh {@code [rows, heads, tokens, size]}
     * @return {@code [rows, heads, past + tokens, size]}, this object's own
     */
    public Tensor with(String name, Tensor fresh) {
        if (length > 0 && fresh.size(2) != 1) {
            throw new IllegalArgumentException(
                    "after the first pass one token is read at a time, not " + fresh.size(2));
        }
        Tensor before = stored.get(name);
        Tensor all;
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            all = Scope.own(before == null ? fresh.clone() : torch.cat(new TensorVector(before, fresh), 2));
        }
        stored.put(name, all);
        if (before != null) {
            before.close();
        }
        return all;
    }

    /**
     * Keeps what a {@link Tap} found in the pass that reads the prompt, or a recurrent layer's state after the last token, for
     * the tokens that follow; in place of what has that name.
     *
     * @param name begins with the tap's point or the layer, so that no two meet
     */
    public void keep(String name, Tensor found) {
        Tensor before = stored.put(name, Scope.own(found));
        if (before != null) {
            before.close();
        }
    }

    /** What was kept under that name, or null. */
    public @Nullable Tensor kept(String name) {
        return stored.get(name);
    }

    /**
     * What does not grow with the text: computed in the first pass, and the same in later ones.
     *
     * @param fresh {@code [rows, …]}
     * @return this object's own
     */
    public Tensor once(String name, Supplier<Tensor> fresh) {
        return stored.computeIfAbsent(name, unused -> {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                return Scope.own(fresh.get().clone());
            }
        });
    }

    /**
     * That only these rows go on, in this order.
     *
     * @param rows {@code int64 [n]}, places among the rows so far
     */
    public void select(Tensor rows) {
        stored.replaceAll((name, before) -> {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                Tensor left = Scope.own(before.index_select(0, rows));
                before.close();
                return left;
            }
        });
    }

    /** Back to where nothing was read. */
    public void forget() {
        close();
        length = 0;
    }

    @Override
    public void close() {
        stored.values().forEach(Tensor::close);
        stored.clear();
    }
}
