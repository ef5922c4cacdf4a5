/** The part of the catalogue that the family {@code shift} owns: {@link org.counterweight.shift.catalogue.Shifts}. */
@NullMarked
package org.counterweight.shift.catalogue;

import org.jspecify.annotations.NullMarked;
