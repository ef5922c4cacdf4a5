package org.counterweight.data.text.chat.value;

import org.jspecify.annotations.Nullable;

/** A template that cannot be read, or not be filled in with these messages. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;

    public TemplateException(String message) {
        this(message, 0, null);
    }

    private TemplateException(String message, int line, @Nullable Throwable cause) {
        super(message, cause);
        this.line = line;
    }

    /** The same with the line of the template, counted from 1, unless it is known already. */
    public TemplateException at(int place) {
        return line > 0 ? this : new TemplateException("line " + place + ": " + getMessage(), place, this);
    }
}
