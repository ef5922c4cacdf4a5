package org.counterweight.jobs.serve.answer;

/** There is more to do than can wait: whoever asked may come again later. */
public final class Busy extends RuntimeException {
    private static final long serialVersionUID = 1;

    Busy(String message) {
        super(message);
    }
}
