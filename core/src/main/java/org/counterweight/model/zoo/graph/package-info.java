/** Networks of graphs: {@link org.counterweight.model.zoo.graph.GraphNetwork} tells classes of nodes. */
@NullMarked
package org.counterweight.model.zoo.graph;

import org.jspecify.annotations.NullMarked;
