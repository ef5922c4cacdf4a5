package org.counterweight.train.group;

import org.bytedeco.pytorch.Tensor;

/**
 * The processes that take each step of a run together, each with its part of the rows of every batch. What is done with a
 * tensor is done by all of them, in the same order, with tensors of the same shape and type on the processor.
 *
 * <p>Not thread-safe.
 */
public interface ProcessGroup extends AutoCloseable {
    /** One process that does all of it. */
    ProcessGroup ALONE = new ProcessGroup() {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public void sum(Tensor tensor) {}

        @Override
        public void broadcast(Tensor tensor) {}

        @Override
        public void close() {}
    };

    /** The number of this process: 0 is the first, which leads. */
    int rank();

    /** How many processes there are. */
    int size();

    /**
     * Makes of {@code tensor} the sum of those of all processes: the same bits in each.
     *
     * @param tensor contiguous, of float32, float64 or int64
     * @throws LostProcessException if a process is lost
     */
    void sum(Tensor tensor);

    /**
     * Gives the others the values of the first.
     *
     * @param tensor contiguous, of bytes or int64
     * @throws LostProcessException if a process is lost
     */
    void broadcast(Tensor tensor);

    /** Where this process's part of this many rows begins; that of the first is never empty. */
    default long from(long rows) {
        return bound(rows, rank());
    }

    /** Where it ends. */
    default long to(long rows) {
        return bound(rows, rank() + 1);
    }

    private long bound(long rows, int rank) {
        return (rows * rank + size() - 1) / size();
    }

    /** Leaves the others, who then find it lost. */
    @Override
    void close();
}
