/** The part of the catalogue that the family {@code adapt} owns: {@link org.counterweight.adapt.catalogue.Adapters}. */
@NullMarked
package org.counterweight.adapt.catalogue;

import org.jspecify.annotations.NullMarked;
