/** What image transformers have of their own: patches in the place of words, and what is said of a whole image. */
@NullMarked
package org.counterweight.model.part.image;

import org.jspecify.annotations.NullMarked;
