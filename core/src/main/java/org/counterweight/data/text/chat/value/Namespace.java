package org.counterweight.data.text.chat.value;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code namespace()} gives: the one value that a template may change, so that a loop can leave something behind.
 *
 * @param values by name; changed in place
 */
public record Namespace(Map<String, Object> values) implements Fields {
    @Override
    public @Nullable Object field(String name) {
        return values.get(name);
    }
}
