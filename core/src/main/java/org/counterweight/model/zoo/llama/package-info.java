/**
 * Llama and its kin: decoders of root-mean-square norms, rotary positions and gates, each a few settings of
 * {@link org.counterweight.model.zoo.decoder.DecoderPlan}.
 */
@NullMarked
package org.counterweight.model.zoo.llama;

import org.jspecify.annotations.NullMarked;
