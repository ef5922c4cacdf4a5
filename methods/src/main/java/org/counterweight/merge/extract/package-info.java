/**
 * What fine-tuning changed, as an adapter: low-rank differences of weights. Start at
 * {@link org.counterweight.merge.extract.Extraction}.
 */
@NullMarked
package org.counterweight.merge.extract;

import org.jspecify.annotations.NullMarked;
