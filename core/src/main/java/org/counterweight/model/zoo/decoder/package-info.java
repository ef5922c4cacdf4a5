/**
 * Decoders, and those of them that are no kin of Llama.
 *
 * <p>A family says how its {@code config.json} becomes a {@link org.counterweight.model.zoo.decoder.DecoderPlan}, which makes
 * a {@link org.counterweight.model.zoo.decoder.Decoder}; GPT-2 and recurrent networks are records of their own.
 */
@NullMarked
package org.counterweight.model.zoo.decoder;

import org.jspecify.annotations.NullMarked;
