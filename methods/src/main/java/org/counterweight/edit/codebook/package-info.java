/**
 * GRACE's codebook: {@link org.counterweight.edit.codebook.Codebook} holds entries and finds the one that serves a query,
 * {@link org.counterweight.edit.codebook.Maintenance} says what an edit makes of it, {@code edit.index} finds
 * the same entry without looking at all of them.
 *
 * <p>Everything here is immutable and knows no model: keys and values are vectors on the Java heap, so that a codebook can be
 * read by any thread while the next one is made, and is freed by the collector when the last reader has gone. Vectors are
 * float64 whatever the model computes in: of float32 activations distances are exact to the last bits of a double.
 */
@NullMarked
package org.counterweight.edit.codebook;

import org.jspecify.annotations.NullMarked;
