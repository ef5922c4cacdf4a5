/**
 * What a fine-tuning changed, as an adapter: differences of weights by low rank. Start at
 * {@link org.counterweight.merge.extract.Extraction}.
 */
@NullMarked
package org.counterweight.merge.extract;

import org.jspecify.annotations.NullMarked;
