package org.counterweight.engine;

/** The engine cannot do what was asked on this machine; the message says what is missing and what to do about it. */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
