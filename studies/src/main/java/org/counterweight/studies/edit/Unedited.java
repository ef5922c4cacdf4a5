package org.counterweight.studies.edit;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;

/** The model as it is, which corrects nothing. */
record Unedited(Params params) implements Corrector {
    @Override
    public void correct(Tensor image, Tensor label) {
        throw new UnsupportedOperationException("the model stays as it is");
    }

    @Override
    public int entries() {
        return 0;
    }

    @Override
    public void close() {}
}
