/**
 * The tensors of a model as a merge sees them: under a name that all models share, in a type that can be computed with. Those
 * that are stored as codes of few bits are widened while they are read. Start at
 * {@link org.counterweight.merge.tensor.ModelTensor}.
 */
@NullMarked
package org.counterweight.merge.tensor;

import org.jspecify.annotations.NullMarked;
