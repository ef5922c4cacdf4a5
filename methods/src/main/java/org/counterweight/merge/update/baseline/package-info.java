/** What backward-compatible interpolation is compared with: distillation, elastic weight consolidation, Mixout, ensembles. */
@NullMarked
package org.counterweight.merge.update.baseline;

import org.jspecify.annotations.NullMarked;
