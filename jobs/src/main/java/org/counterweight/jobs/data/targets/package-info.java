/**
 * What is to be told of a row, and how it stands in a column: a class, a number, any number of classes. Start at
 * {@link org.counterweight.jobs.data.targets.Target}.
 */
@NullMarked
package org.counterweight.jobs.data.targets;

import org.jspecify.annotations.NullMarked;
