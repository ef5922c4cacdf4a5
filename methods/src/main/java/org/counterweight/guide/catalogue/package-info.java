/** The part of the catalogue that the family {@code guide} owns: {@link org.counterweight.guide.catalogue.Guidance}. */
@NullMarked
package org.counterweight.guide.catalogue;

import org.jspecify.annotations.NullMarked;
