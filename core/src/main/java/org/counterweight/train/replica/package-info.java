/** Several models trained side by side, each a {@link org.counterweight.train.replica.Replica}. */
@NullMarked
package org.counterweight.train.replica;

import org.jspecify.annotations.NullMarked;
