/**
 * The shapes that guidance takes over the times of sampling ({@link org.counterweight.guide.shape.Shape}), and those times
 * ({@link org.counterweight.guide.shape.Grid}).
 */
@NullMarked
package org.counterweight.guide.shape;

import org.jspecify.annotations.NullMarked;
