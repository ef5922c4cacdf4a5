/**
 * Which entry of a codebook serves a query, found without measuring every key: {@link
 * org.counterweight.edit.codebook.lookup.KeyIndex}, which sorts keys into panels whose bounds rule most of them out.
 */
@NullMarked
package org.counterweight.edit.codebook.lookup;

import org.jspecify.annotations.NullMarked;
