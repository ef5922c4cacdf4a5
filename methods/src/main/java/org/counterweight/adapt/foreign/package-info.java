/**
 * Adapters of other libraries that can be read, queried and merged, but not trained here: each computes a weight as
 * PEFT does. Their files are read in {@link org.counterweight.formats.peft}.
 */
@NullMarked
package org.counterweight.adapt.foreign;

import org.jspecify.annotations.NullMarked;
