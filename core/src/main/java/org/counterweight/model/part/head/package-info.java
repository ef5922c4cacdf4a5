/** Heads on a transformer's last hidden states, for classes or words. */
@NullMarked
package org.counterweight.model.part.head;

import org.jspecify.annotations.NullMarked;
