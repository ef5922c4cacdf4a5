/** Bone and Bat: one small matrix that groups of columns share. Start at {@link org.counterweight.adapt.bone.Bone}. */
@NullMarked
package org.counterweight.adapt.bone;

import org.jspecify.annotations.NullMarked;
