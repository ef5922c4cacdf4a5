/** Weights with a backdoor in them, the fine-tuning that should undo it, and the scan that should find it. */
@NullMarked
package org.counterweight.studies.poison;

import org.jspecify.annotations.NullMarked;
