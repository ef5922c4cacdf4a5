/**
 * The architectures: transformers with Hugging Face's names, image models with torchvision's.
 *
 * <p>Start at {@link org.counterweight.model.zoo.Architectures}, which makes a model from a {@code config.json} and fits
 * stored weights to it. A family is one small file that says how its {@code config.json} becomes the parts of an
 * {@link org.counterweight.model.zoo.encoder.Encoder} or a {@link org.counterweight.model.zoo.decoder.Decoder}, and is listed
 * once, in {@code Families}; where its layers are made otherwise it is a record of its own. Parts that two of them share are
 * in {@link org.counterweight.model.part}.
 */
@NullMarked
package org.counterweight.model.zoo;

import org.jspecify.annotations.NullMarked;
