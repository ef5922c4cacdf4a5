/** mergekit's YAML, read strictly. Start at {@link org.counterweight.merge.mergekit.MergeRecipe}. */
@NullMarked
package org.counterweight.merge.mergekit;

import org.jspecify.annotations.NullMarked;
