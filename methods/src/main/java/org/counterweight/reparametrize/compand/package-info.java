/**
 * Weight Compander. Start at {@link org.counterweight.reparametrize.compand.Compander}, a weight as a bounded function of a latent
 * one; {@link org.counterweight.reparametrize.compand.Psi} are the functions.
 */
@NullMarked
package org.counterweight.reparametrize.compand;

import org.jspecify.annotations.NullMarked;
