package org.counterweight.merge.stream;

import java.time.Duration;

/** Is told how far a merge has come, from any of its threads, one at a time. */
@FunctionalInterface
public interface MergeProgress {
    void at(State state);

    /** Tells nobody. */
    MergeProgress SILENT = state -> {};

    /**
     * Where a merge stands.
     *
     * @param tensor the tensor last worked at
     * @param done bytes read and written so far
     * @param total bytes to be read and written
     */
    record State(String tensor, long done, long total, Duration elapsed) {
        /** Billions of bytes read and written a second. */
        public double gigabytesPerSecond() {
            return done / Math.max(1.0, elapsed.toNanos());
        }

        /** What is left at the present rate. */
        public Duration left() {
            return done == 0
                    ? Duration.ZERO
                    : Duration.ofNanos(Math.round(elapsed.toNanos() * ((double) (total - done) / done)));
        }
    }
}
