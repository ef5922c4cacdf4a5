/** Images: idx files and the digits that come along. Start at {@link org.counterweight.data.image.ImageSet}. */
@NullMarked
package org.counterweight.data.image;

import org.jspecify.annotations.NullMarked;
