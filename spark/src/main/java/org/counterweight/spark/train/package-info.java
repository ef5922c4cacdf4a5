/**
 * Training runs whose steps the tasks of a barrier stage take together: {@link org.counterweight.spark.train.BarrierTraining}
 * starts them, {@link org.counterweight.spark.train.SharedTask} is what each makes for itself.
 */
@NullMarked
package org.counterweight.spark.train;

import org.jspecify.annotations.NullMarked;
