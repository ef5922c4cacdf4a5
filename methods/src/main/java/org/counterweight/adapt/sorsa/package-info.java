/** SORSA: principal singular triplets, kept near orthonormal. Start at {@link org.counterweight.adapt.sorsa.Sorsa}. */
@NullMarked
package org.counterweight.adapt.sorsa;

import org.jspecify.annotations.NullMarked;
