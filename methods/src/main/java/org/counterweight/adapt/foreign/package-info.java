/**
 * Adapters of others that are read, asked and merged, but not trained here: each computes a weight as PEFT does. Who reads
 * their files is in {@link org.counterweight.formats.peft}.
 */
@NullMarked
package org.counterweight.adapt.foreign;

import org.jspecify.annotations.NullMarked;
