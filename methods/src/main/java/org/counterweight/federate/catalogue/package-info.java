/** The part of the catalogue that the family federate owns: {@link org.counterweight.federate.catalogue.Federations}. */
@NullMarked
package org.counterweight.federate.catalogue;

import org.jspecify.annotations.NullMarked;
