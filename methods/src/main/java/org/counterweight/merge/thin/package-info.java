/** Which elements of a difference are kept: at random, by magnitude, by rank. */
@NullMarked
package org.counterweight.merge.thin;

import org.jspecify.annotations.NullMarked;
