/** The part of the catalogue that the family distill owns: {@link org.counterweight.distill.catalogue.Distillations}. */
@NullMarked
package org.counterweight.distill.catalogue;

import org.jspecify.annotations.NullMarked;
