/**
 * A model that answers while it is edited and exchanged: {@link org.counterweight.jobs.serve.answer.Served} is what is in
 * effect now, {@link org.counterweight.jobs.serve.answer.Batcher} asks it about all texts that wait, {@link
 * org.counterweight.jobs.serve.answer.Edits} edits it. Nothing here knows of HTTP.
 */
@NullMarked
package org.counterweight.jobs.serve.answer;

import org.jspecify.annotations.NullMarked;
