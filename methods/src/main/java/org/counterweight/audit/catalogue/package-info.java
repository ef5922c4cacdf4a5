/** The part of the catalogue that the family {@code audit} owns: {@link org.counterweight.audit.catalogue.Audits}. */
@NullMarked
package org.counterweight.audit.catalogue;

import org.jspecify.annotations.NullMarked;
