/**
 * Dense models become the experts of one: the layers of a base with a choice among the feed-forward parts of several. Start at
 * {@link org.counterweight.merge.moe.MixtureRecipe}.
 */
@NullMarked
package org.counterweight.merge.moe;

import org.jspecify.annotations.NullMarked;
