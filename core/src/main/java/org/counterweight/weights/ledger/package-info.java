/**
 * Where weights came from: {@link org.counterweight.weights.ledger.Ledger} records what a file was made of, by which
 * method and with which settings; {@link org.counterweight.weights.ledger.Digest} holds the SHA-256 by which inputs
 * are recognised.
 */
@NullMarked
package org.counterweight.weights.ledger;

import org.jspecify.annotations.NullMarked;
