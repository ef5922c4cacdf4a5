/**
 * Training: what is minimised ({@link org.counterweight.train.Objective}), how rows are weighed
 * ({@link org.counterweight.train.Weigher}), and the loop around them.
 */
@NullMarked
package org.counterweight.train;

import org.jspecify.annotations.NullMarked;
