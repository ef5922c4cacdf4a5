package org.counterweight.model;

import static org.counterweight.engine.Tensors.slice;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
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
    private static final long LEAST_SPARE = 32; // places

    private final Map<String, Tensor> stored = new HashMap<>();
    private final Map<String, Room> grown = new HashMap<>();
    private long length;

    /**
     * Keys or values with places behind them for those to come.
     *
     * @param tensor {@code [rows, heads, places, size]}
     * @param used the places that hold something
     */
    private record Room(Tensor tensor, long used) {
        Tensor read() {
            return slice(tensor, 2, 0, used);
        }
    }

    /** How many tokens have been read. */
    public long length() {
        return length;
    }

    /** That the pass is over: its tokens have been read in every layer. */
    public void advance(long tokens) {
        length += tokens;
    }

    /**
     * Keys or values of all tokens, with those of this pass at the end. They stand in room for more, so that a token costs
     * what is new and not what is there.
     *
     * @param name which layer's, and which of the two
     * @param fresh {@code [rows, heads, tokens, size]}
     * @return {@code [rows, heads, past + tokens, size]}, a view of this object's own in the open scope; float32 where {@code
     *     fresh} is bf16 on a processor
     */
    public Tensor with(String name, Tensor fresh) {
        if (length > 0 && fresh.size(2) != 1) {
            throw new IllegalArgumentException(
                    "after the first pass one token is read at a time, not " + fresh.size(2));
        }
        Room before = grown.get(name);
        long used = before == null ? 0 : before.used();
        long all = used + fresh.size(2);
        try (var off = Tensors.noGrad()) {
            Tensor room =
                    before == null || all > before.tensor().size(2) ? roomFor(all, before, fresh) : before.tensor();
            slice(room, 2, used, all).copy_(fresh);
            grown.put(name, new Room(room, all));
            return slice(room, 2, 0, all);
        }
    }

    /** More of it, with what was there at its beginning. */
    private static Tensor roomFor(long tokens, @Nullable Room before, Tensor fresh) {
        try (var scope = Scope.open()) {
            long places = tokens + Math.max(LEAST_SPARE, tokens / 4);
            Tensor like = isDearToRead(fresh) ? slice(fresh, 2, 0, 0).to(ScalarType.Float) : fresh;
            Tensor room = Scope.own(like.new_empty(fresh.size(0), fresh.size(1), places, fresh.size(3)));
            if (before != null) {
                slice(room, 2, 0, before.used()).copy_(before.read());
                before.tensor().close();
            }
            return room;
        }
    }

    /** In bf16 on a processor LibTorch takes the product of one query by hand, in three times the time of float32. */
    private static boolean isDearToRead(Tensor fresh) {
        return fresh.is_cpu() && fresh.scalar_type().intern() == ScalarType.BFloat16;
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

    /** What was kept under that name, keys and values too, or null. */
    public @Nullable Tensor kept(String name) {
        Room room = grown.get(name);
        return room == null ? stored.get(name) : room.read();
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
        stored.replaceAll((name, before) -> selected(before, before, rows));
        grown.replaceAll((name, room) -> new Room(selected(room.tensor(), room.read(), rows), room.used()));
    }

    private static Tensor selected(Tensor before, Tensor read, Tensor rows) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor left = Scope.own(read.index_select(0, rows));
            before.close();
            return left;
        }
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
        grown.values().forEach(room -> room.tensor().close());
        grown.clear();
    }
}
