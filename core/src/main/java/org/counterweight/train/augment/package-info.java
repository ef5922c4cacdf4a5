/**
 * Rows are changed at random before they are learnt from: {@link org.counterweight.train.augment.Augmentation}. A new way is
 * a record of settings and a line in {@link org.counterweight.train.augment.Augmentations}.
 */
@NullMarked
package org.counterweight.train.augment;

import org.jspecify.annotations.NullMarked;
