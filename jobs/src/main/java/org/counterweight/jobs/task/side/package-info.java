/** What a task whose rows may be texts or a table's asks of them: {@link org.counterweight.jobs.task.side.Side}. */
@NullMarked
package org.counterweight.jobs.task.side;

import org.jspecify.annotations.NullMarked;
