/**
 * Vocabularies of byte pairs, learnt from texts: start at {@link org.counterweight.data.text.bpe.BpeTraining}; what comes out
 * is a {@code tokenizer.json} that Hugging Face's libraries read.
 */
@NullMarked
package org.counterweight.data.text.bpe;

import org.jspecify.annotations.NullMarked;
