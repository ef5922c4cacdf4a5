package org.counterweight.audit.files;

/**
 * What was found, or left unexamined.
 *
 * @param rule a short name that stays, for machines: {@code pickle}
 * @param where the file, relative to the model's directory, a tensor or a word
 * @param text what it is, what it means, and what to do, in one or two sentences
 */
public record Finding(Verdict verdict, String rule, String where, String text) {}
