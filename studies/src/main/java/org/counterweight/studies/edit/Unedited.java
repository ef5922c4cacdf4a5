package org.counterweight.studies.edit;

import org.counterweight.model.Batch;
import org.counterweight.model.Params;

/** The model as it is, which corrects nothing. */
record Unedited(Params params) implements Corrector {
    @Override
    public boolean corrects() {
        return false;
    }

    @Override
    public void correct(Batch row) {
        throw new UnsupportedOperationException("the model stays as it is");
    }
}
