/**
 * What a run does for its recipe's task: rows, head, loss, baseline and report. Each task is a
 * {@link org.counterweight.jobs.task.RunTask} in one small file, and a line in {@code Tasks}.
 */
@NullMarked
package org.counterweight.jobs.task;

import org.jspecify.annotations.NullMarked;
