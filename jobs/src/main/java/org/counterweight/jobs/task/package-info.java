/**
 * What a run does for the task of its recipe: rows, head, loss, what the result is held against, and how it is told. Each task
 * is a {@link org.counterweight.jobs.task.RunTask} of one small file, and a line in {@code Tasks}.
 */
@NullMarked
package org.counterweight.jobs.task;

import org.jspecify.annotations.NullMarked;
