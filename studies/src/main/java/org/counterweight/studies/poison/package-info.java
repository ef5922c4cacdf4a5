/** Studies of weights with a backdoor, the fine-tuning that should remove it, and the scan that should find it. */
@NullMarked
package org.counterweight.studies.poison;

import org.jspecify.annotations.NullMarked;
