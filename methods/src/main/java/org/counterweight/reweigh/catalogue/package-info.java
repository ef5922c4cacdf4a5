/** The part of the catalogue that the family {@code reweigh} owns: {@link org.counterweight.reweigh.catalogue.Weighers}. */
@NullMarked
package org.counterweight.reweigh.catalogue;

import org.jspecify.annotations.NullMarked;
