/**
 * Networks that denoise small images, given each row's noise level and its class or none:
 * {@link org.counterweight.model.zoo.denoise.UNet} and {@link org.counterweight.model.zoo.denoise.Dit}. They start
 * from random weights.
 */
@NullMarked
package org.counterweight.model.zoo.denoise;

import org.jspecify.annotations.NullMarked;
