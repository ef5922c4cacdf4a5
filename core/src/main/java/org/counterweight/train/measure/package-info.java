/** How good a model is on rows held out. Start at {@link org.counterweight.train.measure.Evaluator}. */
@NullMarked
package org.counterweight.train.measure;

import org.jspecify.annotations.NullMarked;
