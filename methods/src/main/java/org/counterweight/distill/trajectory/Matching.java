package org.counterweight.distill.trajectory;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.FlatModel;
import org.counterweight.engine.Tensors;

/**
 * What is matched, and by which inner loop.
 *
 * <p>v_s = μ v_{s−1} + g_s (v_0 = g_0), θ_{s+1} = θ_s − η v_s, with g_s the gradient of c · CE. The loss is L = ‖θ_T −
 * θ*_{t+M}‖² / ‖θ_0 − θ*_{t+M}‖² + Σ_i w_i m_i, where m_i is the same of θ_{k_i} and θ*_{t+i}, k_i = ⌊T/M⌋ i, 0 &lt; i &lt; M.
 * MTT has μ = 0, c = 1 and no terms in the middle; the rest is AST's.
 *
 * @param momentum μ, in [0, 1)
 * @param factor c, of every inner cross-entropy: {@link Balance#factor}, or 1
 * @param middle w_i
 */
public record Matching(FlatModel model, double momentum, double factor, IntermediateEpochs middle) {
    public Matching {
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("the inner momentum is in [0, 1), not " + momentum);
        }
    }

    /** As in MTT. */
    public static Matching plain(FlatModel model) {
        return new Matching(model, 0, 1, IntermediateEpochs.NONE);
    }

    /**
     * c · CE(f(A(x); θ), y), a scalar: what an inner step descends along.
     *
     * @param theta θ, {@code [P]}
     * @param images x, the rows of the batch, not yet augmented
     * @param labels y, of the same rows
     */
    public Tensor loss(Tensor theta, InnerBatch batch, Tensor images, Tensor labels) {
        Tensor loss = model.loss(theta, batch.augmentation().apply(images), labels);
        return factor == 1 ? loss : Tensors.times(loss, factor);
    }

    /**
     * An epoch of the expert that the inner loop is to pass.
     *
     * @param i which, in 1 … M − 1
     * @param step k_i, the inner steps by then
     * @param weight w_i
     */
    public record Passing(int i, int step, double weight) {}

    /** The epochs to pass in a segment of M epochs and T steps, in order. */
    public List<Passing> passings(int epochs, int steps) {
        var passings = new ArrayList<Passing>();
        if (middle != IntermediateEpochs.NONE) {
            for (int i = 1; i < epochs; i++) {
                passings.add(new Passing(i, steps / epochs * i, middle.weight(i, epochs)));
            }
        }
        return passings;
    }

    /** The loss of an inner loop that came through these states, θ_0 … θ_T; differentiable where they are. */
    public Losses losses(Segment segment, List<Tensor> states) {
        int steps = states.size() - 1;
        Tensor last = segment.miss(states.get(steps), segment.epochs());
        Tensor total = last;
        var terms = new ArrayList<Tensor>();
        for (Passing passing : passings(segment.epochs(), steps)) {
            Tensor term = segment.miss(states.get(passing.step()), passing.i());
            total = total.add(Tensors.times(term, passing.weight()));
            terms.add(term);
        }
        return new Losses(total, last, List.copyOf(terms));
    }

    /**
     * The loss and its parts, scalars.
     *
     * @param total what is minimised
     * @param last L, of the end of the segment
     * @param middle m_i, without their factors; none where they do not count
     */
    public record Losses(Tensor total, Tensor last, List<Tensor> middle) {}
}
