/** Answers in files: {@link org.counterweight.jobs.predict.written.AnswerFile} takes them as they come, in the form asked for. */
@NullMarked
package org.counterweight.jobs.predict.written;

import org.jspecify.annotations.NullMarked;
