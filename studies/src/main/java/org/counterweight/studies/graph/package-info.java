/** Graphs whose classes are linked otherwise in use, in small: StruRW on made graphs, and on parts of real ones. */
@NullMarked
package org.counterweight.studies.graph;

import org.jspecify.annotations.NullMarked;
