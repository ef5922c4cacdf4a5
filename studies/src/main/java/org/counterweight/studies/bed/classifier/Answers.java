package org.counterweight.studies.bed.classifier;

import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/** A model as its answers: scores, {@code [n, classes]}, for the rows of the dev set and for those of the test set. */
public interface Answers {
    Tensor dev();

    Tensor test();

    /** Answers that are kept. */
    record Known(Tensor dev, Tensor test) implements Answers {}

    /** Answers that are given anew whenever they are asked for. */
    static <D> Answers of(Function<D, Tensor> model, D dev, D test) {
        return new Answers() {
            @Override
            public Tensor dev() {
                return model.apply(dev);
            }

            @Override
            public Tensor test() {
                return model.apply(test);
            }
        };
    }
}
