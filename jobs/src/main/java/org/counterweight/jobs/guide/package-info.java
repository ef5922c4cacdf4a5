/** Guidance schedules for other programs, and images drawn with them from networks that a run has trained. */
@NullMarked
package org.counterweight.jobs.guide;

import org.jspecify.annotations.NullMarked;
