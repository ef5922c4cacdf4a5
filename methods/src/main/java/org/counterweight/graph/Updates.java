package org.counterweight.graph;

import java.util.stream.IntStream;

/**
 * In which epochs, counted from 0, the weights of the edges are estimated anew.
 *
 * @param rule how start and frequency are read
 * @param start the first epoch, or about; 0 or more
 * @param frequency every how many epochs from there on; at least 1
 */
public record Updates(Rule rule, int start, int frequency) {
    /** How start and frequency are read. */
    public enum Rule {
        /** The authors' code: from {@code start - 1} on where {@code epoch - start - 1} is a multiple of the frequency. */
        OFFICIAL,
        /** At {@code start}, and every {@code frequency} epochs after it. */
        ALIGNED,
        /** PyGDA: from {@code start - 1} on where {@code epoch + 1} is a multiple of the frequency. */
        PYGDA
    }

    /** @throws IllegalArgumentException if start is negative or the frequency below 1 */
    public Updates {
        if (start < 0) {
            throw new IllegalArgumentException("start_epoch: " + start + "; give 0 or more");
        }
        if (frequency < 1) {
            throw new IllegalArgumentException("rw_freq: " + frequency + "; give 1 or more");
        }
    }

    /** Whether that epoch begins with an update. */
    public boolean isDue(int epoch) {
        return switch (rule) {
            case OFFICIAL -> epoch >= start - 1 && (epoch - start - 1) % frequency == 0;
            case ALIGNED -> epoch >= start && (epoch - start) % frequency == 0;
            case PYGDA -> epoch + 1 >= start && (epoch + 1) % frequency == 0;
        };
    }

    /**
     * All of them in a run of this many epochs, ascending.
     *
     * @throws IllegalArgumentException if the run ends before the start
     */
    public int[] within(int epochs) {
        if (start >= epochs) {
            throw new IllegalArgumentException("start_epoch: " + start + " is not within the " + epochs
                    + " epochs; begin earlier or train longer");
        }
        return IntStream.range(0, epochs).filter(this::isDue).toArray();
    }
}
