/**
 * LibTorch, made ready and made safe: start-up, threads and device, the lifetime of native memory, seeds, and a handful of
 * short spellings.
 *
 * <p>The tensor is LibTorch's own {@link org.bytedeco.pytorch.Tensor}; nothing here wraps it. Start at
 * {@link org.counterweight.engine.Scope}: whoever makes a tensor outside one leaks it.
 */
@NullMarked
package org.counterweight.engine;

import org.jspecify.annotations.NullMarked;
