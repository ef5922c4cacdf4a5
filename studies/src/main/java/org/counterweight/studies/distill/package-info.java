/** A study of dataset distillation: how much a few images are worth. */
@NullMarked
package org.counterweight.studies.distill;

import org.jspecify.annotations.NullMarked;
