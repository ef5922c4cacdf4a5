package org.counterweight.data;

/** Data is unusable or unavailable. The message names the file (and column and row), the value, and what to do about it. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
