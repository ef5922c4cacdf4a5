/** A recipe's settings of a distillation: {@link org.counterweight.distill.settings.DistillConfig}. */
@NullMarked
package org.counterweight.distill.settings;

import org.jspecify.annotations.NullMarked;
