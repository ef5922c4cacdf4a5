package org.counterweight.guide.figure;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * Whether guidance pulls against the prediction that it guides: A = e_c and B = w (e_c - e_u), a row each. Section 3 of the
 * paper, with the similarity of magnitudes of gradient surgery (T. Yu et al., NeurIPS 2020).
 *
 * @param cosine {@code [rows]}, of A and B; 0 where one is zero
 * @param magnitudeSimilarity {@code [rows]}, {@code 2 |A| |B| / (|A|^2 + |B|^2)}, 1 where they are of one size
 * @param ratio the share of rows with a cosine below 0
 */
public record Conflict(Tensor cosine, Tensor magnitudeSimilarity, double ratio) {
    /** @param weight in omega's numbers */
    public static Conflict of(Tensor cond, Tensor uncond, double weight) {
        Tensor a = cond.flatten(1, -1);
        Tensor b = Tensors.times(a.sub(uncond.flatten(1, -1)), weight);
        Tensor normA = Tensors.norm2(a, false, 1);
        Tensor normB = Tensors.norm2(b, false, 1);
        Tensor cosine = orZero(Tensors.sum(a.mul(b), false, 1), normA.mul(normB));
        Tensor similarity =
                orZero(Tensors.times(normA.mul(normB), 2), normA.mul(normA).add(normB.mul(normB)));
        double ratio =
                cosine.lt(Tensors.scalar(0)).to(torch.ScalarType.Double).mean().item_double();
        return new Conflict(cosine, similarity, ratio);
    }

    private static Tensor orZero(Tensor dividend, Tensor divisor) {
        Tensor isZero = divisor.eq(Tensors.scalar(0));
        return torch.where(isZero, torch.zeros_like(divisor), dividend.div(divisor));
    }
}
