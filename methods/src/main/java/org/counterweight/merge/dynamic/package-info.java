/**
 * Weights that depend on the sample: DaWin interpolates models by how sure each of them is.
 *
 * <p>Start at {@link org.counterweight.merge.dynamic.Coefficients}, from logits to one coefficient a sample;
 * {@link org.counterweight.merge.dynamic.BetaMixture} makes K of N, and {@link org.counterweight.merge.dynamic.Dawin}
 * predicts with the K merged models. {@link org.counterweight.merge.dynamic.TaskCoefficients} is the form for several task
 * vectors. All statistics are in float64.
 */
@NullMarked
package org.counterweight.merge.dynamic;

import org.jspecify.annotations.NullMarked;
