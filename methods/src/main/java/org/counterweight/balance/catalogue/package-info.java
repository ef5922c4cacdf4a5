/** The part of the catalogue that the family {@code balance} owns: {@link org.counterweight.balance.catalogue.Balances}. */
@NullMarked
package org.counterweight.balance.catalogue;

import org.jspecify.annotations.NullMarked;
