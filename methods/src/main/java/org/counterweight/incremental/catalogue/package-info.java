/** The part of the catalogue that the family {@code incremental} owns: {@link org.counterweight.incremental.catalogue.Growths}. */
@NullMarked
package org.counterweight.incremental.catalogue;

import org.jspecify.annotations.NullMarked;
