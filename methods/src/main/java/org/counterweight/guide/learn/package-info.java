/**
 * Networks that learn to tell noise from data, so that samples can be drawn from them with guidance: {@link
 * org.counterweight.guide.learn.DiffusionConfig} says what of the noise is told, {@link
 * org.counterweight.guide.learn.DiffusionObjective} is what is minimised, {@link
 * org.counterweight.guide.learn.TrainedDenoiser} is asked by samplers.
 */
@NullMarked
package org.counterweight.guide.learn;

import org.jspecify.annotations.NullMarked;
