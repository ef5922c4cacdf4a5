package org.counterweight.jobs.predict.entity;

/**
 * What a stretch of a text is.
 *
 * @param type what of: {@code PER}
 * @param score the mean probability of its tags
 * @param start its first letter, counted in Unicode's code points
 * @param end behind its last
 */
public record Entity(String type, double score, int start, int end) {}
