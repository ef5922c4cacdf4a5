/**
 * The part of the catalogue that the family {@code fewgen} owns: {@link org.counterweight.fewgen.catalogue.Generators}; and the
 * settings of all stages together.
 */
@NullMarked
package org.counterweight.fewgen.catalogue;

import org.jspecify.annotations.NullMarked;
