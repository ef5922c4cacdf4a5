/**
 * Weights of strangers are checked: is there a word that makes the model answer one class, whatever else a text says?
 *
 * <p>{@link org.counterweight.audit.VocabularyScan} tries all words, {@link org.counterweight.audit.EmbeddingScan} looks at the
 * table of words alone, {@link org.counterweight.audit.FlipRate} says how often answers flip, {@link
 * org.counterweight.audit.OnionFilter} and {@link org.counterweight.audit.FinePruning} defend. The attack that all this is
 * tried on lies in {@code audit.poison}.
 */
@NullMarked
package org.counterweight.audit;

import org.jspecify.annotations.NullMarked;
