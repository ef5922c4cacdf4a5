package org.counterweight.model;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * How a forward pass is made: for evaluation, where nothing is random, or for training, where dropout draws from the given
 * generator. There is no hidden mode in a model.
 */
public final class Pass {
    private static final Pass EVALUATION = new Pass(null, null, null, 1, null, null);

    private final @Nullable Generator random;
    private final @Nullable BiConsumer<String, Tensor> statistics;
    private final @Nullable Past past;
    private final int order;
    private final @Nullable Resumed resumed;
    private final @Nullable Batch batch;

    private Pass(
            @Nullable Generator random,
            @Nullable BiConsumer<String, Tensor> statistics,
            @Nullable Past past,
            int order,
            @Nullable Resumed resumed,
            @Nullable Batch batch) {
        this.random = random;
        this.statistics = statistics;
        this.past = past;
        this.order = order;
        this.resumed = resumed;
        this.batch = batch;
    }

    public static Pass evaluation() {
        return EVALUATION;
    }

    public static Pass training(Generator random) {
        return new Pass(random, null, null, 1, null, null);
    }

    /** A pass for evaluation of tokens that come after those of {@code past}, and are added to it: for decoders. */
    public static Pass after(Past past) {
        return new Pass(null, null, past, 1, null, null);
    }

    /** What a decoder has read before, or null if the batch has all of it. */
    public @Nullable Past past() {
        return past;
    }

    public boolean isTraining() {
        return random != null;
    }

    /**
     * Where the random numbers of a training pass come from.
     *
     * @throws IllegalStateException in evaluation, where nothing is random
     */
    public Generator random() {
        if (random == null) {
            throw new IllegalStateException("nothing is random in a pass for evaluation; ask isTraining() before");
        }
        return random;
    }

    /**
     * The same, reporting what batch normalisation learns of the data: after a training pass {@code sink} has been given
     * each moved running mean and variance under its full name ({@code layer1.0.bn1.running_mean}). A model changes nothing by
     * itself; whoever trains puts them into the next {@link Params}, and owns what is to outlive the scope that a layer opened.
     */
    public Pass reporting(BiConsumer<String, Tensor> sink) {
        return new Pass(random, sink, past, order, resumed, batch);
    }

    /** Where moved running statistics go, or null if nobody asked for them. */
    public @Nullable BiConsumer<String, Tensor> statistics() {
        return statistics;
    }

    /**
     * The same in forms that can be differentiated this many times. Gradients of the second order need attention by hand and
     * losses without gradients taken ahead: slower, and more memory.
     *
     * @param order 1, as a pass is by itself, or 2
     */
    public Pass differentiable(int order) {
        if (order != 1 && order != 2) {
            throw new IllegalArgumentException("a pass is differentiable once or twice, not " + order + " times");
        }
        return new Pass(random, statistics, past, order, resumed, batch);
    }

    /** Whether gradients are to have gradients. */
    public boolean isTwiceDifferentiable() {
        return order == 2;
    }

    /** The same over that batch: said by the model, so that a {@link Tap} can ask for token places and the context. */
    public Pass over(Batch batch) {
        return new Pass(random, statistics, past, order, resumed, batch);
    }

    /**
     * The batch that the model reads.
     *
     * @throws IllegalStateException outside a model's forward pass
     */
    public Batch batch() {
        if (batch == null) {
            throw new IllegalStateException("this pass goes over no batch");
        }
        return batch;
    }

    /**
     * The same, going on from what a layer gave before: the layers up to it are not computed. What a tap at that point did is
     * in the activation already.
     *
     * @param point a layer's, one of {@link Model#points}
     * @param activation what the model went on with there
     */
    public Pass resuming(String point, Tensor activation) {
        if (past != null) {
            throw new IllegalStateException("a pass after a past keeps keys and values of every layer, and skips none");
        }
        return new Pass(random, statistics, past, order, new Resumed(point, activation), batch);
    }

    /** From where the pass goes on, or null where it begins at the beginning. */
    public @Nullable Resumed resumed() {
        return resumed;
    }

    /**
     * A layer's activation that is known already.
     *
     * @param point the layer's full name
     */
    public record Resumed(String point, Tensor activation) {
        /**
         * The place of the layer after it.
         *
         * @param layers the full names of a model's layers, in order
         * @throws IllegalArgumentException if it is none of them
         */
        public int next(List<String> layers) {
            int place = layers.indexOf(point);
            if (place < 0) {
                throw new IllegalArgumentException(
                        "a pass cannot go on from " + point + "; the layers of this model are " + layers);
            }
            return place + 1;
        }
    }

    /**
     * {@code x} with each element zeroed with probability p and the rest divided by 1 − p; {@code x} itself in evaluation
     * or for p = 0.
     */
    public Tensor dropout(Tensor x, double p) {
        if (random == null || p == 0) {
            return x;
        }
        // LibTorch's own dropout takes no generator: the run would not repeat.
        Tensor keep = torch.empty_like(x).bernoulli_(1 - p, Tensors.optional(random));
        return x.mul(keep.div_(Tensors.scalar(1 - p)));
    }

    /** The same of whole rows, the first dimension of {@code x}: each is zeroed with probability p, or divided by 1 − p. */
    public Tensor dropRows(Tensor x, double p) {
        if (random == null || p == 0) {
            return x;
        }
        long[] one = Tensors.shape(x);
        Arrays.fill(one, 1, one.length, 1);
        Tensor keep = x.new_empty(one).bernoulli_(1 - p, Tensors.optional(random));
        return x.mul(keep.div_(Tensors.scalar(1 - p)));
    }
}
