package org.counterweight.distill.trajectory;

import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * A stretch of an expert's way: where the inner loop begins, and what it is to pass and to reach.
 *
 * @param start θ_0, {@code [P]}: the expert after epoch t, perturbed or not
 * @param ways θ*_{t+1} … θ*_{t+M}, {@code [M, P]}
 */
public record Segment(Tensor start, Tensor ways) {
    /** @throws IllegalArgumentException if the shapes do not fit, or there is no epoch to reach */
    public Segment {
        if (ways.dim() != 2 || ways.size(0) < 1 || start.dim() != 1 || ways.size(1) != start.size(0)) {
            throw new IllegalArgumentException("a segment is a start [P] and ways [M, P] with M at least 1");
        }
    }

    /**
     * From epoch t to epoch t + M.
     *
     * @param expert {@code [epochs + 1, P]}, its weights before the first epoch and after each
     * @throws IllegalArgumentException if that many epochs are not stored
     */
    public static Segment of(Tensor expert, int start, int epochs) {
        long stored = expert.size(0) - 1;
        if (start < 0 || epochs < 1 || start + epochs > stored) {
            throw new IllegalArgumentException("a segment of " + epochs + " epochs from epoch " + start
                    + " on does not lie within the " + stored + " epochs stored; lower expert_epochs or"
                    + " max_start_epoch, or train experts for longer");
        }
        return new Segment(expert.select(0, start), Tensors.slice(expert, 0, start + 1, start + epochs + 1));
    }

    /** The same from another start: a perturbed one. */
    public Segment from(Tensor other) {
        return new Segment(other, ways);
    }

    /** M. */
    public int epochs() {
        return Math.toIntExact(ways.size(0));
    }

    /** θ*_{t+i}, {@code [P]}; i in 1 … M. */
    public Tensor way(int i) {
        return ways.select(0, i - 1);
    }

    /** ‖θ_0 − θ*_{t+i}‖². */
    public double distance(int i) {
        return start.sub(way(i)).square().sum().item_double();
    }

    /** Whether the expert is where it began after one of the epochs: such a draw says nothing and is to be skipped. */
    public boolean isStill() {
        return IntStream.rangeClosed(1, epochs()).anyMatch(i -> distance(i) == 0);
    }

    /**
     * ‖θ − θ*_{t+i}‖² / ‖θ_0 − θ*_{t+i}‖², a scalar.
     *
     * @throws ArithmeticException if the expert's distance is 0
     */
    public Tensor miss(Tensor theta, int i) {
        return Tensors.times(theta.sub(way(i)).square().sum(), 1 / moved(i));
    }

    /** The gradient of {@link #miss} with respect to θ, {@code [P]}. */
    public Tensor slope(Tensor theta, int i) {
        return Tensors.times(theta.sub(way(i)), 2 / moved(i));
    }

    private double moved(int i) {
        double distance = distance(i);
        if (distance == 0) {
            throw new ArithmeticException(
                    "the expert is at epoch " + i + " of the segment where it began; skip this segment");
        }
        return distance;
    }
}
