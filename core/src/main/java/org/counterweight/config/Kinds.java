package org.counterweight.config;

import java.util.Map;

/**
 * Kinds of settings that stand in one place and are told apart by name: {@code {shape: milestones, at: [30, 60]}}. A kind is
 * a record that implements the family's interface; the interface says with Jackson's {@code @JsonTypeInfo} under which key
 * the name stands. A kind whose settings all have defaults may also be written as its name alone.
 *
 * <p>Found by {@link java.util.ServiceLoader}, so that a module adds kinds to a family of another without the other knowing.
 */
public interface Kinds<T> {
    /** The interface of the family. */
    Class<T> family();

    /** The records, by name, in the order in which they are shown. */
    Map<String, Class<? extends T>> kinds();
}
