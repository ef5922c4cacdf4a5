package org.counterweight.data.text.tag;

/**
 * Words that are one entity.
 *
 * @param type what of: {@code PER}
 * @param first the number of its first word
 * @param last of its last
 */
public record Span(String type, int first, int last) {}
