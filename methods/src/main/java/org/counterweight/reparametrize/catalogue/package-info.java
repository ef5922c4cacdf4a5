/** The part of the catalogue that the family {@code reparametrize} owns: {@link org.counterweight.reparametrize.catalogue.Reparametrizations}. */
@NullMarked
package org.counterweight.reparametrize.catalogue;

import org.jspecify.annotations.NullMarked;
