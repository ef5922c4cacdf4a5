package org.counterweight.shift;

/** Tables cannot be weighed as asked; the message says of which row, column or setting, and what to do. */
public final class ShiftException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ShiftException(String message) {
        super(message);
    }
}
