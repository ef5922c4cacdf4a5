/**
 * A whole distillation: {@link org.counterweight.distill.run.Distillation} moves images step by step, looks now and then at what
 * they are worth, keeps the best, and goes on where it was broken off.
 */
@NullMarked
package org.counterweight.distill.run;

import org.jspecify.annotations.NullMarked;
