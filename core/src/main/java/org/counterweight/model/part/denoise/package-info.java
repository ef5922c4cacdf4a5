/**
 * Parts of denoising networks: how the noise level and the class enter
 * ({@link org.counterweight.model.part.denoise.Conditioning}), and the blocks conditioned on them.
 */
@NullMarked
package org.counterweight.model.part.denoise;

import org.jspecify.annotations.NullMarked;
