/**
 * Weight Aligning: classes that arrive in groups, of which only the newest has all its rows. Here are the pieces, each on
 * plain tensors: the head that grows ({@link org.counterweight.incremental.GrownHead}), what is learnt
 * ({@link org.counterweight.incremental.IncrementalLoss}), rows of the head brought to one length
 * ({@link org.counterweight.incremental.WeightAligning}), rows of old classes that are kept
 * ({@link org.counterweight.incremental.Herding}, {@link org.counterweight.incremental.Quota}), what it is compared with
 * ({@link org.counterweight.incremental.NearestMean}, {@link org.counterweight.incremental.BiasCorrection}), and how it is
 * judged ({@link org.counterweight.incremental.AccuracyMatrix}). {@code incremental.run} makes a step of them, {@code incremental.sequence}
 * one step after the other.
 */
@NullMarked
package org.counterweight.incremental;

import org.jspecify.annotations.NullMarked;
