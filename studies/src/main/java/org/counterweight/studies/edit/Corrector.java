package org.counterweight.studies.edit;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;

/** Something that corrects a model one sample at a time. */
interface Corrector extends AutoCloseable {
    /** The model as it stands. */
    Params params();

    /**
     * Corrects one sample.
     *
     * @param image {@code [1, 64]}
     * @param label {@code int64 [1]}
     */
    void correct(Tensor image, Tensor label);

    /** How many entries it keeps; 0 where it keeps none. */
    int entries();

    @Override
    void close();
}
