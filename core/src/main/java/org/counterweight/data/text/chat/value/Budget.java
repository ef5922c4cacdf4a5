package org.counterweight.data.text.chat.value;

import java.util.function.Supplier;

/**
 * What a template may use up before it is stopped: a template is a stranger's, and may go on for ever. Counted, not timed, so
 * that the same template is stopped at the same place everywhere. Not thread-safe.
 */
public final class Budget {
    private static final long STEPS = 5_000_000;
    private static final long SIZE = 64L << 20;
    private static final int DEEPEST = 100;

    private final long allowedSteps;
    private final long allowedSize;
    private long steps;
    private long size;
    private int depth;

    /**
     * @param steps words and operations that are computed
     * @param size letters and list elements that are made, those that are thrown away again included
     */
    public Budget(long steps, long size) {
        this.allowedSteps = steps;
        this.allowedSize = size;
    }

    /** Far more than any chat needs: 5 million steps, 64 Mi letters; a few seconds. */
    public static Budget usual() {
        return new Budget(STEPS, SIZE);
    }

    /** One operation more. */
    public void step() {
        if (++steps > allowedSteps) {
            throw new TemplateException("takes more than " + allowedSteps + " steps; it does not seem to end");
        }
    }

    /** So many letters or elements more; asked before they are made. */
    public void spend(long more) {
        if (more < 0 || more > allowedSize - size) {
            throw new TemplateException("makes more than " + allowedSize + " letters; it does not seem to end");
        }
        size += more;
    }

    /** What a macro gives, which may call itself, but not for ever. */
    public <T> T deeper(Supplier<T> macro) {
        if (depth == DEEPEST) {
            throw new TemplateException("macros call one another more than " + DEEPEST + " deep");
        }
        depth++;
        try {
            return macro.get();
        } finally {
            depth--;
        }
    }

    /** A text that was made. */
    public String made(String text) {
        spend(text.length());
        return text;
    }
}
