/** How often classes are linked in a graph, and by what factors that differs in another. */
@NullMarked
package org.counterweight.graph.structure;

import org.jspecify.annotations.NullMarked;
