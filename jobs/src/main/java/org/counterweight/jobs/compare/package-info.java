/** Runs held against one another: in which settings they differ, and what came of each. */
@NullMarked
package org.counterweight.jobs.compare;

import org.jspecify.annotations.NullMarked;
