/** Models of texts and images: CLIP as a whole, and each of its towers alone. */
@NullMarked
package org.counterweight.model.zoo.pair;

import org.jspecify.annotations.NullMarked;
