package org.counterweight.data;

import org.jspecify.annotations.Nullable;

/** Data is unusable or unavailable. The message names the file (and column and row), the value, and what to do about it. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final @Nullable String column;

    public DataException(String message) {
        this(message, (String) null);
    }

    /** @param column that a file lacks: whoever asked for it can say which setting named it */
    public DataException(String message, @Nullable String column) {
        super(message);
        this.column = column;
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
        this.column = null;
    }

    /** The column that a file lacks; null where it is something else. */
    public @Nullable String column() {
        return column;
    }
}
