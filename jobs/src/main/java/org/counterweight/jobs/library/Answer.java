package org.counterweight.jobs.library;

/**
 * What a classifier says of a text.
 *
 * @param probability of that class, from 0 to 1
 */
public record Answer(String text, String label, double probability) {}
