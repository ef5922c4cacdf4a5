/** The part of the catalogue that the family {@code merge} owns: {@link org.counterweight.merge.catalogue.Merges}. */
@NullMarked
package org.counterweight.merge.catalogue;

import org.jspecify.annotations.NullMarked;
