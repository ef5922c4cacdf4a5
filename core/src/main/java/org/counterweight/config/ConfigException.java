package org.counterweight.config;

import org.jspecify.annotations.Nullable;

/** A setting is wrong. The message names the field, the value and what is allowed, in one line. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * @param field the dotted path of the setting, as the user wrote it: {@code adapter.r}
     * @param expected what is allowed, as a noun phrase: {@code an integer of at least 1 (4 to 64 is usual)}
     */
    public ConfigException(String field, @Nullable Object value, String expected) {
        super(field + ": " + quoted(value) + " is not allowed; expected " + expected);
    }

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }

    private static String quoted(@Nullable Object value) {
        return value instanceof CharSequence ? "\"" + value + "\"" : String.valueOf(value);
    }
}
