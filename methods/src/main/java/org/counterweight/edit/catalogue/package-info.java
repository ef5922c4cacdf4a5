/** The part of the catalogue that the family {@code edit} owns: {@link org.counterweight.edit.catalogue.Edits}. */
@NullMarked
package org.counterweight.edit.catalogue;

import org.jspecify.annotations.NullMarked;
