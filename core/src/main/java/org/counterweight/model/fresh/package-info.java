/**
 * Models that begin at random, by the sizes that a recipe says: {@link org.counterweight.model.fresh.FreshModel}. A new one is
 * a record of sizes and a line in {@link org.counterweight.model.fresh.FreshModels}.
 */
@NullMarked
package org.counterweight.model.fresh;

import org.jspecify.annotations.NullMarked;
