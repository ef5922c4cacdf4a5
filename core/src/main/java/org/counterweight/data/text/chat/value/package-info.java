/**
 * What a chat template's words stand for: text, numbers, lists, maps, {@link org.counterweight.data.text.chat.value.None}
 * and {@link org.counterweight.data.text.chat.value.Undefined}, with Python's rules of truth, order, sums and spelling.
 *
 * <p>A value is one of {@code Boolean, Long, Double, String, List, Map}, or of a type of this package; nothing here asks an
 * object by reflection, so a template reaches no other. Start at {@link org.counterweight.data.text.chat.value.Truth}.
 */
@NullMarked
package org.counterweight.data.text.chat.value;

import org.jspecify.annotations.NullMarked;
