/**
 * All of a model is trained, its weights through tensors that stand in their place.
 *
 * <p>Start at {@link org.counterweight.reparametrize.Latent}, a weight as a function of what is trained, and
 * {@link org.counterweight.reparametrize.Reparametrization}, the settings of such a method;
 * {@link org.counterweight.reparametrize.Reparametrized} puts the one in the place of a model's weight. What training leaves are
 * plain weights.
 */
@NullMarked
package org.counterweight.reparametrize;

import org.jspecify.annotations.NullMarked;
