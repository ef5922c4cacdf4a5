/**
 * Classifier-free guidance: how strongly a diffusion or flow model follows its condition at each step of sampling.
 *
 * <p>A {@link org.counterweight.guide.GuidanceConfig} says which {@link org.counterweight.guide.shape.Shape} the weight takes over a
 * {@link org.counterweight.guide.shape.Grid} of sampling times, and in which {@link org.counterweight.guide.Convention}; a {@link
 * org.counterweight.guide.rule.Guider} combines the predictions with and without the condition at each of these weights. X. Wang et
 * al., "Analysis of Classifier-Free Guidance Weight Schedulers", TMLR 2024.
 */
@NullMarked
package org.counterweight.guide;

import org.jspecify.annotations.NullMarked;
