/**
 * Learning a data set's classes task by task, and how each fares afterwards. Start at
 * {@link org.counterweight.incremental.sequence.TaskSequence}, whose tasks are
 * {@link org.counterweight.incremental.run.GrowthStep}s; {@link org.counterweight.incremental.sequence.SequenceConfig}
 * has the settings.
 */
@NullMarked
package org.counterweight.incremental.sequence;

import org.jspecify.annotations.NullMarked;
