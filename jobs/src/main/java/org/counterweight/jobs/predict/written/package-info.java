/**
 * Answers in files: {@link org.counterweight.jobs.predict.written.AnswerFile} takes them one by one, in the requested
 * format.
 */
@NullMarked
package org.counterweight.jobs.predict.written;

import org.jspecify.annotations.NullMarked;
