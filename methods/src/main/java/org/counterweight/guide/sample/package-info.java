/**
 * Samplers of diffusion and flow models, each step with a guidance weight of its own: deterministic and stochastic ones of
 * variance-preserving models, Heun's of EDM, Euler's of flows; and an exact model to test them on.
 */
@NullMarked
package org.counterweight.guide.sample;

import org.jspecify.annotations.NullMarked;
