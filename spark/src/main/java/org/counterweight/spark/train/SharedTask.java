package org.counterweight.spark.train;

import java.io.Serializable;
import org.counterweight.train.Task;

/** What is trained, as each process makes it for itself. It travels to the executors. */
@FunctionalInterface
public interface SharedTask extends Serializable {
    /**
     * The task: the same model, parameters and objective in each process. Of its batches, weigher, events and evaluator only
     * the first process makes use, so that the data need lie where that one reaches it.
     *
     * @return with tensors of the open scope
     */
    Task create();
}
