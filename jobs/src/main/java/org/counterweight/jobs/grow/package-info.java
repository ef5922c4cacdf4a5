/**
 * Classifiers that learn new classes: a deployed one from a file of rows
 * ({@link org.counterweight.jobs.grow.GrowJob}), or one that learns all classes of a data set task by task
 * ({@link org.counterweight.jobs.grow.SequenceJob}).
 */
@NullMarked
package org.counterweight.jobs.grow;

import org.jspecify.annotations.NullMarked;
