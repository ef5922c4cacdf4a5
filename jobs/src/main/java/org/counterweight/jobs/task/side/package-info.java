/**
 * What a task needs of its rows where these may be texts, images or a table's:
 * {@link org.counterweight.jobs.task.side.Side}.
 */
@NullMarked
package org.counterweight.jobs.task.side;

import org.jspecify.annotations.NullMarked;
