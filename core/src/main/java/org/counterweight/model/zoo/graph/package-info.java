/** Graph networks: {@link org.counterweight.model.zoo.graph.GraphNetwork} classifies nodes. */
@NullMarked
package org.counterweight.model.zoo.graph;

import org.jspecify.annotations.NullMarked;
