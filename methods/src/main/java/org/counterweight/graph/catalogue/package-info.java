/** The part of the catalogue that the family {@code graph} owns: {@link org.counterweight.graph.catalogue.Graphs}. */
@NullMarked
package org.counterweight.graph.catalogue;

import org.jspecify.annotations.NullMarked;
