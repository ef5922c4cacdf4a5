/**
 * Networks that tell noise from data in small images, each row at a level of noise and of a class or of none: {@link
 * org.counterweight.model.zoo.denoise.UNet} and {@link org.counterweight.model.zoo.denoise.Dit}. They begin at random.
 */
@NullMarked
package org.counterweight.model.zoo.denoise;

import org.jspecify.annotations.NullMarked;
