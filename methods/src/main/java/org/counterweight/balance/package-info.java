/**
 * Weight Balancing: classifiers that do not neglect their rare classes. Here are the pieces, each on plain tensors: how rare
 * the classes are ({@link org.counterweight.balance.ClassCounts}), losses that make up for it
 * ({@link org.counterweight.balance.ClassBalancedLoss}), heads that cannot prefer a class by the length of its row
 * ({@link org.counterweight.balance.MaxNorm}, {@link org.counterweight.balance.TauNorm},
 * {@link org.counterweight.balance.SimplexEtf}), and logits shifted for it ({@link org.counterweight.balance.LogitAdjustment},
 * {@link org.counterweight.balance.OneVsOne}). {@code balance.run} puts them into a training run, {@code balance.audit}
 * measures why they help.
 */
@NullMarked
package org.counterweight.balance;

import org.jspecify.annotations.NullMarked;
