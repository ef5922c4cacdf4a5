/** Runs compared with one another: the settings in which they differ, and the results of each. */
@NullMarked
package org.counterweight.jobs.compare;

import org.jspecify.annotations.NullMarked;
