package org.counterweight.edit;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;

/** A tap behind one that the model has at the same point already: an adapter's, whose output is then the layer's. */
record ChainedTap(Tap first, Tap next) implements Tap {
    @Override
    public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
        return next.apply(point, in, first.apply(point, in, out, pass), pass);
    }

    /** Those of the second: the first is part of a frozen model. */
    @Override
    public Map<String, Tensor> trainables() {
        return next.trainables();
    }

    @Override
    public Tap with(Map<String, Tensor> tensors) {
        return new ChainedTap(first, next.with(tensors));
    }
}
