/**
 * What a client of a federation does and sends: its local training, its update and its share, and how an
 * update is brought to the target's scale.
 */
@NullMarked
package org.counterweight.federate.client;

import org.jspecify.annotations.NullMarked;
