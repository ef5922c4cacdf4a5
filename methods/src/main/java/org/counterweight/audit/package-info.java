/**
 * Checks of weights from untrusted sources: is there a word that makes the model predict one class, whatever else a
 * text says?
 *
 * <p>{@link org.counterweight.audit.VocabularyScan} tries all words, {@link org.counterweight.audit.EmbeddingScan}
 * looks at the embedding table alone, {@link org.counterweight.audit.FlipRate} measures how often answers flip,
 * {@link org.counterweight.audit.OnionFilter} and {@link org.counterweight.audit.FinePruning} defend. The attack that
 * all of this is tested on is in {@code audit.poison}.
 */
@NullMarked
package org.counterweight.audit;

import org.jspecify.annotations.NullMarked;
