/**
 * Models of images: transformers on patches by {@link org.counterweight.model.zoo.image.ImagePlan}, convolutional ones with
 * names of transformers, and small ones of our own, with torchvision's names, which begin at random.
 */
@NullMarked
package org.counterweight.model.zoo.image;

import org.jspecify.annotations.NullMarked;
