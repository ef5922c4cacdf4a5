/**
 * Whole models merged on disk, in little memory: mergekit's YAML in, a Hugging Face directory out.
 *
 * <p>The path: {@link org.counterweight.merge.mergekit.MergeRecipe} (the file, read strictly),
 * {@link org.counterweight.merge.stream.MergePlan} (every model, name, shape and parameter checked, from headers alone),
 * {@link org.counterweight.merge.stream.StreamingMerge} (block by block, several tensors at a time, renamed when whole). Each
 * method is one {@code TensorMerge}; the mathematics is there and nothing else is.
 */
@NullMarked
package org.counterweight.merge.stream;

import org.jspecify.annotations.NullMarked;
