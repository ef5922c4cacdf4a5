package org.counterweight.data.text.chat.value;

import org.jspecify.annotations.Nullable;

/** A value of which a template may ask parts by their names, as of {@code loop}. */
public interface Fields {
    /** The part of that name, or null where there is none. */
    @Nullable
    Object field(String name);
}
