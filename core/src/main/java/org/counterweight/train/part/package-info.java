/**
 * A run as a chain of parts: each {@link org.counterweight.train.part.RunPart} joins a
 * {@link org.counterweight.train.part.Run}, and reports its results as plain
 * {@link org.counterweight.train.part.Section}s.
 */
@NullMarked
package org.counterweight.train.part;

import org.jspecify.annotations.NullMarked;
