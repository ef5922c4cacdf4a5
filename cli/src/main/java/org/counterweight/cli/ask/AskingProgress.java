package org.counterweight.cli.ask;

import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.predict.question.Inference;

/** Tells how many rows a model has been asked about, where there are many. */
final class AskingProgress implements Inference.Progress {
    /** Of fewer nothing is told: they are soon done. */
    private static final long MANY = 1000;

    private final ProgressLine line;
    private boolean many;

    AskingProgress(ProgressLine line) {
        this.line = line;
    }

    @Override
    public void begin(long rows) {
        many = rows >= MANY;
        if (many) {
            line.begin("asking about", "rows", rows);
        }
    }

    @Override
    public void advance(long rows) {
        if (many) {
            line.advance(rows);
        }
    }

    /** Does what may write where the line stands. */
    void aside(Runnable work) {
        if (many) {
            line.aside(work);
        } else {
            work.run();
        }
    }

    /** Takes the line away. */
    void end() {
        if (many) {
            line.end();
        }
    }
}
