/**
 * Several processes that share each step of a run. Start at {@link org.counterweight.train.group.ProcessGroup}. The
 * first has the data, the optimizer and all state, and calls the others ({@link org.counterweight.train.group.Call})
 * to compute their part of a batch's rows.
 */
@NullMarked
package org.counterweight.train.group;

import org.jspecify.annotations.NullMarked;
