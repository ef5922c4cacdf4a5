/**
 * Adapters after sub-layers: bottlenecks, and Compacter's sums of Kronecker products. Start at
 * {@link org.counterweight.adapt.compacter.Bottleneck}.
 */
@NullMarked
package org.counterweight.adapt.compacter;

import org.jspecify.annotations.NullMarked;
