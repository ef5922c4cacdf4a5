package org.counterweight.jobs.predict.question;

import org.counterweight.config.ConfigException;

/**
 * Where predictions are computed, and how many rows at a time.
 *
 * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param rows the most rows of a batch; long texts go fewer at a time
 * @param progress hears how far it is
 */
public record Inference(String device, int rows, Progress progress) {
    /** On the processor, 64 rows together, in silence. */
    public static final Inference USUAL = new Inference("cpu", 64, Progress.SILENT);

    /** Hears how many rows there are to be asked about, and how many have been since. */
    public interface Progress {
        Progress SILENT = new Progress() {};

        default void begin(long rows) {}

        default void advance(long rows) {}
    }

    public Inference {
        if (rows < 1) {
            throw new ConfigException("--batch-size", rows, "an integer of at least 1 (32 to 256 is usual)");
        }
    }
}
