/** Further rules by which weights move, as graph networks are trained with. */
@NullMarked
package org.counterweight.graph.optimize;

import org.jspecify.annotations.NullMarked;
