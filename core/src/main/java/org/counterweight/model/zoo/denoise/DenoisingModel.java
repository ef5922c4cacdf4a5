package org.counterweight.model.zoo.denoise;

import org.counterweight.model.part.ShapedModel;

/** A network that separates noise from data in images. */
public sealed interface DenoisingModel extends ShapedModel permits UNet, Dit {
    /** Channels of an image. */
    int channels();

    /** How many classes it is told, none not counted: the number that stands for none. */
    int classes();
}
