package org.counterweight.studies.edit;

import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.baseline.BaselineConfig;
import org.counterweight.edit.baseline.Tuning;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/** A baseline of GRACE's. */
final class TunedCorrector implements Corrector {
    private final Tuning tuning;
    private final KeptRows kept = new KeptRows(); // retraining comes back to them

    TunedCorrector(Model model, Params params, BaselineConfig config, Seed seed) {
        this.tuning = new Tuning(config, model, params, EditTask.CLASSES, seed);
    }

    @Override
    public Params params() {
        return tuning.params();
    }

    @Override
    public void correct(Batch row) {
        Batch own = kept.keep(row);
        tuning.correct(new EditRequest("a row of the stream", "", own, Tensors.toLongs(own.labels())));
    }

    @Override
    public void close() {
        tuning.close();
        kept.close();
    }
}
