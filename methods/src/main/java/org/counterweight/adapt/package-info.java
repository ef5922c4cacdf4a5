/**
 * Adapters: a frozen weight and a few trainable tensors beside it.
 *
 * <p>Start at {@link org.counterweight.adapt.lowrank.Lora}, the plainest. Each class is one method and one paper; whatever attaches
 * an adapter to a model is in {@link org.counterweight.model.Params}, and nothing here knows of files.
 */
@NullMarked
package org.counterweight.adapt;

import org.jspecify.annotations.NullMarked;
