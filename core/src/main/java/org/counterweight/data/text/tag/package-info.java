/**
 * Sentences of which each word has a tag: read, tokenized, and the entities that tags mark. Start at
 * {@link org.counterweight.data.text.tag.SentenceFile}.
 */
@NullMarked
package org.counterweight.data.text.tag;

import org.jspecify.annotations.NullMarked;
