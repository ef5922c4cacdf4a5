/**
 * The architectures: transformers with Hugging Face's names, image models with torchvision's.
 *
 * <p>Start at {@link org.counterweight.model.zoo.Architectures}, which makes a model from a {@code config.json} and fits
 * stored weights to it. Each model is a record of its sizes and one forward function; what two of them share is a small
 * class of its own ({@link org.counterweight.model.part.Attention}, {@link org.counterweight.model.part.Activation}).
 */
@NullMarked
package org.counterweight.model.zoo;

import org.jspecify.annotations.NullMarked;
