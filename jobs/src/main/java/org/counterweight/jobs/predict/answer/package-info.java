/** A model's answers to rows, one object each: {@link org.counterweight.jobs.predict.answer.Answers}. */
@NullMarked
package org.counterweight.jobs.predict.answer;

import org.jspecify.annotations.NullMarked;
