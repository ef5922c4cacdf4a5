package org.counterweight.model.zoo.denoise;

import org.counterweight.model.Model;

/** A network that tells noise from data in images. */
public sealed interface DenoisingModel extends Model permits UNet, Dit {
    /** Channels of an image. */
    int channels();

    /** How many classes it is told, none not counted: the number that stands for none. */
    int classes();
}
