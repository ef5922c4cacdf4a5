/**
 * A run's state: {@link org.counterweight.train.state.Remembering} is implemented by whatever must continue where it
 * was, and {@link org.counterweight.train.state.Checkpoint} is how it is written.
 */
@NullMarked
package org.counterweight.train.state;

import org.jspecify.annotations.NullMarked;
