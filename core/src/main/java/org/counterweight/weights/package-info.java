/**
 * Weights on disk: named tensors in safetensors files, Hugging Face directories, and how outputs become
 * whole.
 *
 * <p>Start at {@link org.counterweight.weights.ModelDirectory} for reading and
 * {@link org.counterweight.weights.WeightsWriter} for writing. Files come from strangers: sizes, offsets and names are
 * checked before anything is allocated, and nothing is unpickled. {@link org.counterweight.weights.Combiner} is the verb by
 * which several sets of weights become one.
 */
@NullMarked
package org.counterweight.weights;

import org.jspecify.annotations.NullMarked;
