/**
 * A data set's classes learnt task by task, and how each fares after each. Start at
 * {@link org.counterweight.incremental.sequence.TaskSequence}, whose tasks are {@link org.counterweight.incremental.run.GrowthStep}s;
 * settings are {@link org.counterweight.incremental.sequence.SequenceConfig}'s.
 */
@NullMarked
package org.counterweight.incremental.sequence;

import org.jspecify.annotations.NullMarked;
