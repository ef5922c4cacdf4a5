/**
 * Minimax risk classifiers: what is known of a distribution, and the classifier whose worst risk over all that fit is least.
 * Start at {@link org.counterweight.shift.doubleweighting.minimax.MinimaxClassifier}.
 */
@NullMarked
package org.counterweight.shift.doubleweighting.minimax;

import org.jspecify.annotations.NullMarked;
