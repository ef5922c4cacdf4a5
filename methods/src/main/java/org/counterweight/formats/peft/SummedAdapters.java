package org.counterweight.formats.peft;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Numbered;
import org.counterweight.adapt.bone.Bone;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;

/**
 * Several adapters at one weight. Their changes of the base add, so that the order is of no account and each DoRA takes its
 * norms from the base alone; Bone's are taken one after the other, each seeing what the one before made, as in PEFT.
 */
record SummedAdapters(List<Parametrization> layers) implements Parametrization {
    SummedAdapters {
        layers = List.copyOf(layers);
    }

    @Override
    public Tensor weight(Tensor base) {
        Tensor sum = base;
        for (Parametrization layer : layers) {
            sum = layer instanceof Bone
                    ? layer.weight(sum)
                    : sum.add(layer.weight(base).sub(base));
        }
        return Tensors.as(sum, base);
    }

    @Override
    public SummedAdapters with(Map<String, Tensor> tensors) {
        return new SummedAdapters(new Numbered(layers).with(tensors));
    }

    /** By the adapter's place and the tensor's name, since two may bear the same. */
    @Override
    public Map<String, Tensor> trainables() {
        return new Numbered(layers).trainables();
    }
}
