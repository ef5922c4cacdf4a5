/**
 * Dense models as the experts of one: the layers of a base, with a gate that chooses among the feed-forward blocks of
 * several models. Start at {@link org.counterweight.merge.moe.MixtureRecipe}.
 */
@NullMarked
package org.counterweight.merge.moe;

import org.jspecify.annotations.NullMarked;
