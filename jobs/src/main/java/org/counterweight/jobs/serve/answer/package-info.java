/**
 * A model that answers while it is edited and exchanged: {@link org.counterweight.jobs.serve.answer.Served} is what is
 * in effect now, {@link org.counterweight.jobs.serve.answer.Batcher} puts all waiting texts to it,
 * {@link org.counterweight.jobs.serve.answer.Edits} edits it. Nothing here knows about HTTP.
 */
@NullMarked
package org.counterweight.jobs.serve.answer;

import org.jspecify.annotations.NullMarked;
