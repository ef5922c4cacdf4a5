/** Guidance schedules for other programs. */
@NullMarked
package org.counterweight.jobs.guide;

import org.jspecify.annotations.NullMarked;
