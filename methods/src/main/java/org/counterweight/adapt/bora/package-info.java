/** BoRA: a magnitude for every output and every input. Start at {@link org.counterweight.adapt.bora.Bora}. */
@NullMarked
package org.counterweight.adapt.bora;

import org.jspecify.annotations.NullMarked;
