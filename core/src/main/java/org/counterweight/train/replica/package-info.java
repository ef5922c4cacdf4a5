/**
 * Several models trained side by side, one of which is a {@link org.counterweight.train.replica.Replica}.
 */
@NullMarked
package org.counterweight.train.replica;

import org.jspecify.annotations.NullMarked;
