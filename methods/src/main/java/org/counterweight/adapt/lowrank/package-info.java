/**
 * Adapters made of two thin matrices. Start at {@link org.counterweight.adapt.lowrank.Lora}, the plainest; the others change its start
 * (PiSSA) or take the weight apart (DoRA).
 */
@NullMarked
package org.counterweight.adapt.lowrank;

import org.jspecify.annotations.NullMarked;
