/**
 * Merges that add weighted, thinned differences to a base: task arithmetic and what grew from it. Start at
 * {@link org.counterweight.merge.vector.TaskArithmeticConfig}, the plainest.
 */
@NullMarked
package org.counterweight.merge.vector;

import org.jspecify.annotations.NullMarked;
