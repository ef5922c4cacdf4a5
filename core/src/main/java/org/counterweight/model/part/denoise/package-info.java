/**
 * What networks that tell noise from data are made of: how they are told the level of noise and the class
 * ({@link org.counterweight.model.part.denoise.Conditioning}), and the blocks that listen to it.
 */
@NullMarked
package org.counterweight.model.part.denoise;

import org.jspecify.annotations.NullMarked;
