/**
 * Merges that choose, element by element, whose change counts: by how far models lie from a base, and from one another. Each
 * method is a settings record and its arithmetic on blocks. Start at {@link org.counterweight.merge.select.NearswapConfig}, the
 * plainest.
 */
@NullMarked
package org.counterweight.merge.select;

import org.jspecify.annotations.NullMarked;
