/**
 * What is predicted for a row, and how a column holds it: a class, a number, any number of classes. Start at
 * {@link org.counterweight.jobs.data.targets.Target}.
 */
@NullMarked
package org.counterweight.jobs.data.targets;

import org.jspecify.annotations.NullMarked;
