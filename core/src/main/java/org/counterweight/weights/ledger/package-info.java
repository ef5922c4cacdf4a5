/**
 * Where weights came from: {@link org.counterweight.weights.ledger.Ledger} says what a file was made of, by which method, with
 * which settings; {@link org.counterweight.weights.ledger.Digest} are the SHA-256 by which inputs are known again.
 */
@NullMarked
package org.counterweight.weights.ledger;

import org.jspecify.annotations.NullMarked;
