/**
 * Models as pure functions of named weights.
 *
 * <p>Start at {@link org.counterweight.model.Params}: weights, what stands in their place
 * ({@link org.counterweight.model.Parametrization}) and what is attached beside them
 * ({@link org.counterweight.model.Tap}). A {@link org.counterweight.model.Model} holds no state, so a merged, adapted,
 * interpolated or unrolled set of weights is just another argument. Names are Hugging Face's or torchvision's.
 */
@NullMarked
package org.counterweight.model;

import org.jspecify.annotations.NullMarked;
