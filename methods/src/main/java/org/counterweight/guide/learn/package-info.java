/**
 * Denoising networks, trained so that samples can be drawn from them with guidance:
 * {@link org.counterweight.guide.learn.DiffusionConfig} has the settings,
 * {@link org.counterweight.guide.learn.DiffusionObjective} is what is minimised,
 * {@link org.counterweight.guide.learn.TrainedDenoiser} serves samplers.
 */
@NullMarked
package org.counterweight.guide.learn;

import org.jspecify.annotations.NullMarked;
