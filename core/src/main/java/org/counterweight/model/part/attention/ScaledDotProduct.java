package org.counterweight.model.part.attention;

import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.attention;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Attention: softmax(q k^T · scale + mask) v, for {@code [rows, heads, length, size]}.
 *
 * @param causal whether a query sees only the keys up to itself; a mask says so already, and the tokens of a later pass of one
 *     past see all before them
 * @param scale of the scores
 * @param cap c, where scores are held below it by c · tanh(score / c), before the mask; 0 for none
 * @param dropout of the weights, in training
 */
public record ScaledDotProduct(boolean causal, double scale, double cap, double dropout) {
    /** The lowest number of bf16: that of float32 is −∞ there. */
    private static final double LOWEST_HALF = -0x1.fep127;

    /**
     * Keys from which on LibTorch's fused form in bf16 is the faster one on a processor, for 8 rows of 8 heads: 3.1 ms of 256
     * queries and keys where products by hand take 4.1, but 3.7 of 16 where they take 0.5. Of one query it always is.
     */
    private static final long LONG = 128;

    /** Every query sees every key; no cap, no dropout. */
    public static ScaledDotProduct plain(double scale) {
        return new ScaledDotProduct(false, scale, 0, 0);
    }

    /** @param mask added to the scores, or null */
    public Tensor of(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, Pass pass) {
        boolean looksBack = causal && mask == null && Attention.before(pass) == 0;
        boolean isHalf = q.scalar_type().intern() == ScalarType.BFloat16;
        boolean drops = pass.isTraining() && dropout > 0;
        // By hand where the fused form draws its dropout from the default generator, which no seed of ours governs;
        // and where gradients are to have gradients, which it has none of, scores are held below a cap, or the mask is
        // learnt: LibTorch makes that of parts too, and looks besides for rows that see nothing.
        boolean isLearnt = mask != null && mask.requires_grad();
        boolean isPlain = !drops && cap == 0 && !isLearnt && !pass.isTwiceDifferentiable();
        if (isPlain && (!isHalf || isFusedInHalf(q, k, v, mask))) {
            return attention(
                    q, k, v, mask == null ? null : as(mask, q), 0, looksBack, new DoubleOptional(scale), false);
        }
        if (isHalf && cap == 0 && (mask == null || isOfAllHeads(mask))) {
            return half(q, k, v, looksBack ? Attention.order(q.size(2), wide(q)) : mask, pass);
        }
        Tensor scores = mask != null && isLearnt && isOfScores(mask, q) && !isHalf && cap == 0
                ? sum(mask, q, k)
                : scores(q, k, looksBack ? Attention.order(q.size(2), wide(q)) : mask, isHalf);
        return matmul(as(pass.dropout(softmax(scores, -1), dropout), q), v);
    }

    /**
     * Whether the fused form is better in bf16. It would make −∞ of the lowest numbers of a mask; on a processor it takes ten
     * times as long backwards.
     */
    private static boolean isFusedInHalf(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask) {
        if (mask != null) {
            return false;
        }
        boolean isRecorded = q.requires_grad() || k.requires_grad() || v.requires_grad();
        return !q.is_cpu() || !isRecorded && (q.size(2) == 1 || k.size(2) >= LONG);
    }

    /**
     * In bf16 throughout: the softmax reads the rounded scores, reckons in float32 and rounds the weights, as it would between
     * two changes of type.
     */
    private Tensor half(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, Pass pass) {
        Tensor keys = k.flatten(0, 1).transpose(-2, -1); // [rows · heads, size, keys]
        Tensor none = q.new_zeros(1);
        Tensor scores = torch.baddbmm(none, q.flatten(0, 1), keys, scalar(0), scalar(scale))
                .view(q.size(0), q.size(1), q.size(2), k.size(2));
        if (mask != null) {
            scores.add_(as(mask.clamp_min(scalar(LOWEST_HALF)), q));
        }
        Tensor weights = pass.dropout(softmax(scores, -1), dropout);
        return torch.bmm(weights.flatten(0, 1), v.flatten(0, 1)).view(q.size(0), q.size(1), q.size(2), v.size(3));
    }

    /** Whether a mask only hides, as one that is the same for all heads does; what distances add differs from head to head. */
    private static boolean isOfAllHeads(Tensor mask) {
        return mask.dim() < 3 || mask.size(-3) == 1;
    }

    private Tensor scores(Tensor q, Tensor k, @Nullable Tensor mask, boolean isHalf) {
        Tensor scores = matmul(q.mul(scalar(scale)), k.transpose(-2, -1));
        if (isHalf) {
            scores = scores.to(ScalarType.Float); // products in bf16, the softmax in float32
        }
        if (cap != 0) {
            scores = times(times(scores, 1 / cap).tanh(), cap);
        }
        return mask == null ? scores : scores.add(mask);
    }

    /** A tensor of float32 where q lies. */
    private static Tensor wide(Tensor q) {
        return q.new_zeros(1).to(ScalarType.Float);
    }

    private static boolean isOfScores(Tensor mask, Tensor q) {
        return mask.dim() == q.dim() && mask.size(0) == q.size(0) && mask.size(1) == q.size(1);
    }

    /** q k^T · scale + mask, of one shape, in one pass over the scores. */
    private Tensor sum(Tensor mask, Tensor q, Tensor k) {
        Tensor keys = k.flatten(0, 1).transpose(-2, -1);
        return torch.baddbmm(mask.flatten(0, 1), q.flatten(0, 1), keys, scalar(1), scalar(scale))
                .view(mask.size(0), mask.size(1), mask.size(2), mask.size(3));
    }
}
