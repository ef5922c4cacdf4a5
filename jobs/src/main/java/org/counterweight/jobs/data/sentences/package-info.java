/** Sentences of a run whose words have tags: {@link org.counterweight.jobs.data.sentences.SentenceRows}. */
@NullMarked
package org.counterweight.jobs.data.sentences;

import org.jspecify.annotations.NullMarked;
