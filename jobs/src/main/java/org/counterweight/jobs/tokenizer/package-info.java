/** Learns vocabularies for the user: {@link org.counterweight.jobs.tokenizer.TokenizerJob}. */
@NullMarked
package org.counterweight.jobs.tokenizer;

import org.jspecify.annotations.NullMarked;
