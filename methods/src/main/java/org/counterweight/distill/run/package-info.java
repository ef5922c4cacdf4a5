/**
 * A whole distillation: {@link org.counterweight.distill.run.Distillation} moves the images step by step, evaluates
 * them from time to time, keeps the best, and resumes after an interruption.
 */
@NullMarked
package org.counterweight.distill.run;

import org.jspecify.annotations.NullMarked;
