/**
 * A discriminator that tells domains apart, and the gradient that is turned round so that features come out which it cannot:
 * start at {@link org.counterweight.graph.domain.adversary.Adversary}.
 */
@NullMarked
package org.counterweight.graph.domain.adversary;

import org.jspecify.annotations.NullMarked;
