/**
 * Image models: transformers on patches by {@link org.counterweight.model.zoo.image.ImagePlan}, convolutional ones
 * with the names of transformers, and small ones of our own, with torchvision's names, which start from random
 * weights.
 */
@NullMarked
package org.counterweight.model.zoo.image;

import org.jspecify.annotations.NullMarked;
