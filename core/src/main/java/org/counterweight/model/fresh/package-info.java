/**
 * Models that start from random weights, in the sizes that a recipe gives:
 * {@link org.counterweight.model.fresh.FreshModel}. A new one is a record of sizes and a line in
 * {@link org.counterweight.model.fresh.FreshModels}.
 */
@NullMarked
package org.counterweight.model.fresh;

import org.jspecify.annotations.NullMarked;
