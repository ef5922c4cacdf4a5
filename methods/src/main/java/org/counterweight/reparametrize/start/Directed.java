package org.counterweight.reparametrize.start;

import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.reparametrize.Latent;

/** A weight whose outputs have a direction and, apart from it, a length that a start can set. */
public interface Directed extends Latent {
    /** The weight with every length 1, in its stored layout. */
    Tensor direction();

    /** Hands out what decides the directions, to be drawn anew in place. */
    void turn(Consumer<Tensor> draw);

    /**
     * Sets the lengths, in place.
     *
     * @param to {@code [out]}
     */
    void lengthen(Tensor to);

    /**
     * Whether each output has a length of its own.
     *
     * @param outputs the dimension in which the stored weight has them
     */
    boolean hasOneLengthAnOutput(long outputs);
}
