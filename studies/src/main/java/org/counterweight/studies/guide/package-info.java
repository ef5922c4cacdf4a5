/** Studies of guidance: what schedules of its weight do to samples, of models known exactly and of trained ones. */
@NullMarked
package org.counterweight.studies.guide;

import org.jspecify.annotations.NullMarked;
