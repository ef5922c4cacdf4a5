package org.counterweight.jobs.library;

/**
 * A classifier's answer to a text.
 *
 * @param probability of that class, from 0 to 1
 */
public record Answer(String text, String label, double probability) {}
