/**
 * The input of a prediction and the model it is for: {@link org.counterweight.jobs.predict.question.Questions} are
 * read in parts, {@link org.counterweight.jobs.predict.question.AskedModel} opens the model.
 */
@NullMarked
package org.counterweight.jobs.predict.question;

import org.jspecify.annotations.NullMarked;
