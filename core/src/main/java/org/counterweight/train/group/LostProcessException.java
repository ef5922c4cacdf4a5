package org.counterweight.train.group;

/** One of the processes that work together is not there any more, or does not answer. */
public final class LostProcessException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LostProcessException(String message, Throwable cause) {
        super(message, cause);
    }
}
