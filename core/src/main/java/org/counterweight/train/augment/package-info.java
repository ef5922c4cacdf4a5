/**
 * Random changes to rows before they are trained on: {@link org.counterweight.train.augment.Augmentation}. A new one
 * is a record of settings and a line in {@link org.counterweight.train.augment.Augmentations}.
 */
@NullMarked
package org.counterweight.train.augment;

import org.jspecify.annotations.NullMarked;
