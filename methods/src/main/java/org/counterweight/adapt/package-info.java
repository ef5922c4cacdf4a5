/**
 * Adapters: a frozen weight and a few trainable tensors beside it.
 *
 * <p>Start at {@link org.counterweight.adapt.lowrank.Lora}, the plainest. Each class is one method and one paper; its
 * settings are an {@link org.counterweight.adapt.Attachment}, which puts it on a model and restores what was saved. Nothing here
 * knows of files: those are {@link org.counterweight.formats}'s.
 */
@NullMarked
package org.counterweight.adapt;

import org.jspecify.annotations.NullMarked;
