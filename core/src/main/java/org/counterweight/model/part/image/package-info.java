/** What is specific to image transformers: patches in place of words, and the head for a whole image. */
@NullMarked
package org.counterweight.model.part.image;

import org.jspecify.annotations.NullMarked;
