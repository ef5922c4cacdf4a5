/** Studies of updates to a deployed model: backward-compatible weight interpolation and its baselines. */
@NullMarked
package org.counterweight.studies.update;

import org.jspecify.annotations.NullMarked;
