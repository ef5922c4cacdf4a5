package org.counterweight.config;

import org.jspecify.annotations.Nullable;

/** A setting is wrong. The message names the field, the value and what is allowed, in one line. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final @Nullable String field;
    private final @Nullable String rest;

    /**
     * @param field the dotted path of the setting, as the user wrote it: {@code adapter.r}
     * @param expected what is allowed, as a noun phrase: {@code an integer of at least 1 (4 to 64 is usual)}
     */
    public ConfigException(String field, @Nullable Object value, String expected) {
        this(field, null, ": " + quoted(value) + " is not allowed; expected " + expected);
    }

    private ConfigException(String field, @Nullable ConfigException cause, String rest) {
        super(field + rest, cause);
        this.field = field;
        this.rest = rest;
    }

    public ConfigException(String message) {
        super(message);
        this.field = null;
        this.rest = null;
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
        this.field = null;
        this.rest = null;
    }

    /** The path of the setting; null if the message is about no single one. */
    public @Nullable String field() {
        return field;
    }

    /** The same said about a setting where the user wrote it. */
    public ConfigException at(String path) {
        return rest == null ? this : new ConfigException(path, this, rest);
    }

    private static String quoted(@Nullable Object value) {
        return value instanceof CharSequence ? "\"" + value + "\"" : String.valueOf(value);
    }
}
