/** Studies of guidance: how schedules of its weight affect samples, from exact and from trained models. */
@NullMarked
package org.counterweight.studies.guide;

import org.jspecify.annotations.NullMarked;
