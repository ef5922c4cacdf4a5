/**
 * Measurements: the cost of small operations (JMH), of whole training steps beside PyTorch and PEFT, and a round trip of
 * adapters through PEFT. {@code bench/README.md} says how to run them and what they gave.
 */
@NullMarked
package org.counterweight.bench;

import org.jspecify.annotations.NullMarked;
