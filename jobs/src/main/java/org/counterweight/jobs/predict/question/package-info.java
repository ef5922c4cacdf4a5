/**
 * What is asked, and of which model: {@link org.counterweight.jobs.predict.question.Questions} are read some at a time, {@link
 * org.counterweight.jobs.predict.question.AskedModel} opens the model.
 */
@NullMarked
package org.counterweight.jobs.predict.question;

import org.jspecify.annotations.NullMarked;
