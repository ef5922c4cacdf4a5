package org.counterweight.distill;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;

/** A small network in float64, and draws for it. */
public final class Small {
    public static final int CLASSES = 3;
    public static final FlatModel MODEL = new FlatModel(new ConvNet(2, 6, 3, 1, Normalization.INSTANCE, CLASSES));

    private Small() {}

    /** N(0, 1). */
    public static Tensor drawn(String name, long... shape) {
        return torch.zeros(shape, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(11).child(name).generator()));
    }

    public static Tensor theta(String name) {
        return Tensors.times(drawn(name, MODEL.length()), 0.5);
    }

    /** Of the images. */
    public static long[] shape() {
        return new long[] {6, 2, 6, 6};
    }

    /** Two of each class, class by class. */
    public static Tensor labels() {
        return Tensors.longs(new long[] {0, 0, 1, 1, 2, 2});
    }

    public static Tensor images() {
        return drawn("images", shape());
    }

    public static Tensor scalar(double value) {
        return Tensors.doubles(new double[] {value});
    }

    public static double far(Tensor a, Tensor b) {
        return a.sub(b).norm().item_double() / b.norm().item_double();
    }
}
