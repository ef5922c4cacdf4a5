/**
 * Images: idx files, directories of pictures, the digits that come with the library, and how pictures become tensors.
 * Start at {@link org.counterweight.data.image.ImageSet}.
 */
@NullMarked
package org.counterweight.data.image;

import org.jspecify.annotations.NullMarked;
