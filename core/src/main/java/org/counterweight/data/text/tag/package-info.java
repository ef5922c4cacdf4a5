/**
 * Sentences whose words have tags: read, tokenized, and the entities that the tags mark. Start at
 * {@link org.counterweight.data.text.tag.SentenceFile}.
 */
@NullMarked
package org.counterweight.data.text.tag;

import org.jspecify.annotations.NullMarked;
