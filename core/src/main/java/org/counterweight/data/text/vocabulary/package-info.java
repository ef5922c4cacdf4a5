/**
 * The files of a tokenizer, whichever of their forms they have, as one: start at
 * {@link org.counterweight.data.text.vocabulary.TokenizerFiles}.
 */
@NullMarked
package org.counterweight.data.text.vocabulary;

import org.jspecify.annotations.NullMarked;
