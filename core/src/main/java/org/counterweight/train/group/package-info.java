/**
 * Several processes take each step of a run together: start at {@link org.counterweight.train.group.ProcessGroup}. The first
 * of them has the data, the optimizer and all that remembers, and calls the others
 * ({@link org.counterweight.train.group.Call}) to compute their part of a batch's rows.
 */
@NullMarked
package org.counterweight.train.group;

import org.jspecify.annotations.NullMarked;
