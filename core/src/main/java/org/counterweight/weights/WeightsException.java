package org.counterweight.weights;

import java.nio.file.Path;

/** A file of weights cannot be used. The message names the file, the figure found and the figure allowed. */
public final class WeightsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public WeightsException(Path file, String message) {
        super(file + ": " + message);
    }

    public WeightsException(Path file, String message, Throwable cause) {
        super(file + ": " + message, cause);
    }

    public WeightsException(String message) {
        super(message);
    }

    public WeightsException(String message, Throwable cause) {
        super(message, cause);
    }
}
