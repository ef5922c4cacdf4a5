/** How edits fared: the figures of GRACE's paper, and distances from which a radius can be chosen. */
@NullMarked
package org.counterweight.edit.measure;

import org.jspecify.annotations.NullMarked;
