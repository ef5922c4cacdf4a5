package org.counterweight.model;

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
    private static final Pass EVALUATION = new Pass(null, null, null);

    private final @Nullable Generator random;
    private final @Nullable BiConsumer<String, Tensor> statistics;
    private final @Nullable Past past;

    private Pass(@Nullable Generator random, @Nullable BiConsumer<String, Tensor> statistics, @Nullable Past past) {
        this.random = random;
        this.statistics = statistics;
        this.past = past;
    }

    public static Pass evaluation() {
        return EVALUATION;
    }

    public static Pass training(Generator random) {
        return new Pass(random, null, null);
    }

    /** A pass for evaluation of tokens that come after those of {@code past}, and are added to it: for decoders. */
    public static Pass after(Past past) {
        return new Pass(null, null, past);
    }

    /** What a decoder has read before, or null if the batch has all of it. */
    public @Nullable Past past() {
        return past;
    }

    public boolean isTraining() {
        return random != null;
    }

    /**
     * The same, reporting what batch normalisation learns of the data: after a training pass {@code sink} has been given
     * each moved running mean and variance under its full name ({@code layer1.0.bn1.running_mean}), in the open scope. A
     * model changes nothing by itself; whoever trains puts them into the next {@link Params}.
     */
    public Pass reporting(BiConsumer<String, Tensor> sink) {
        return new Pass(random, sink, past);
    }

    /** Where moved running statistics go, or null if nobody asked for them. */
    public @Nullable BiConsumer<String, Tensor> statistics() {
        return statistics;
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
}
