package org.counterweight.jobs.serve.answer;

import java.time.Duration;
import org.counterweight.config.ConfigException;

/**
 * How much is taken on at a time.
 *
 * @param queue texts that wait to be answered, at most; and edits, a tenth as many
 * @param texts of one request, at most
 * @param body bytes of one request, at most
 * @param time that a request takes, at most, its reading included
 */
public record Limits(int queue, int texts, int body, Duration time) {
    public Limits {
        atLeast("--queue", queue, 10, 1024);
        atLeast("--max-texts", texts, 1, 256);
        atLeast("--max-body", body, 1024, 1 << 20);
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new ConfigException("--timeout", time.toSeconds(), "at least 1 second (30 is usual)");
        }
        if (texts > queue) {
            throw new ConfigException("--max-texts", texts, "at most " + queue + ", what --queue lets wait");
        }
    }

    private static void atLeast(String option, int value, int least, int usual) {
        if (value < least) {
            throw new ConfigException(option, value, "an integer of at least " + least + " (" + usual + " is usual)");
        }
    }

    /** Edits that wait, at most. */
    int edits() {
        return Math.max(1, queue / 10);
    }
}
