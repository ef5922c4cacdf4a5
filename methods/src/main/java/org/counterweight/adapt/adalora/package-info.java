/**
 * AdaLoRA: a budget of ranks over all layers. Start at {@link org.counterweight.adapt.adalora.AdaLora}, the weight;
 * {@link org.counterweight.adapt.adalora.RankAllocator} decides which triplets stay.
 */
@NullMarked
package org.counterweight.adapt.adalora;

import org.jspecify.annotations.NullMarked;
