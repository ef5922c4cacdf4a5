/**
 * Texts: read, tokenized, cut into rows. Start at {@link org.counterweight.data.text.TextTokenizer}; a classifier's rows are
 * {@link org.counterweight.data.text.TextClassification}, a language model's
 * {@link org.counterweight.data.text.LanguageModelling}.
 */
@NullMarked
package org.counterweight.data.text;

import org.jspecify.annotations.NullMarked;
