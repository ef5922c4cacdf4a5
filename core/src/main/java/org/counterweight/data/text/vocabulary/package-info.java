/**
 * A tokenizer's files, in whichever format they are, as one. Start at
 * {@link org.counterweight.data.text.vocabulary.TokenizerFiles}.
 */
@NullMarked
package org.counterweight.data.text.vocabulary;

import org.jspecify.annotations.NullMarked;
