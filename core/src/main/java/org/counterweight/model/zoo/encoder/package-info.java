/**
 * Encoders of texts: BERT and what grew from it.
 *
 * <p>A family says how its {@code config.json} becomes an {@code EncoderPlan}, which makes an
 * {@link org.counterweight.model.zoo.encoder.Encoder}; ModernBERT, whose layers are others, is a record of its own.
 */
@NullMarked
package org.counterweight.model.zoo.encoder;

import org.jspecify.annotations.NullMarked;
