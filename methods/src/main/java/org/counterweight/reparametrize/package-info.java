/**
 * Training a whole model, its weights computed from the tensors that train.
 *
 * <p>Start at {@link org.counterweight.reparametrize.Latent}, a weight as a function of what is trained, and
 * {@link org.counterweight.reparametrize.Reparametrization}, the settings of such a method;
 * {@link org.counterweight.reparametrize.Reparametrized} replaces a model's weight by it. The result of training is
 * plain weights.
 */
@NullMarked
package org.counterweight.reparametrize;

import org.jspecify.annotations.NullMarked;
