/**
 * Byte-pair vocabularies learnt from texts. Start at {@link org.counterweight.data.text.bpe.BpeTraining}; the result
 * is a {@code tokenizer.json} that Hugging Face's libraries read.
 */
@NullMarked
package org.counterweight.data.text.bpe;

import org.jspecify.annotations.NullMarked;
