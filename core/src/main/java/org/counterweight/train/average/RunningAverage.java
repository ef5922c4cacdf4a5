package org.counterweight.train.average;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.train.state.Remembering;

/** Weights averaged over the steps of a run. Not thread-safe; {@link #close} frees its tensors. */
public interface RunningAverage extends Remembering, AutoCloseable {
    /** Takes in the weights after a step. */
    void add(Map<String, Tensor> present);

    /** The average: the live tensors; {@code present} itself as long as nothing has been taken in. */
    Map<String, Tensor> weights(Map<String, Tensor> present);

    @Override
    void close();
}
