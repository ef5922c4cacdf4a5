/**
 * The models that a merge reads: their layout, the tensors by name, the layers that a slice takes. Start at
 * {@link org.counterweight.merge.source.OpenModels}.
 */
@NullMarked
package org.counterweight.merge.source;

import org.jspecify.annotations.NullMarked;
