package org.counterweight.studies.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.baseline.BaselineConfig;
import org.counterweight.edit.baseline.Tuning;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/** A baseline of GRACE's. */
final class TunedCorrector implements Corrector {
    private final Tuning tuning;
    private final List<Tensor> kept = new ArrayList<>();

    TunedCorrector(Model model, Params params, BaselineConfig config, Seed seed) {
        this.tuning = new Tuning(config, model, params, EditTask.CLASSES, seed);
    }

    @Override
    public Params params() {
        return tuning.params();
    }

    /** The sample is kept: retraining comes back to it. */
    @Override
    public void correct(Tensor image, Tensor label) {
        Tensor input = Scope.own(image);
        Tensor wanted = Scope.own(label);
        kept.add(input);
        kept.add(wanted);
        var row = new Batch(Map.of(Batch.PIXEL_VALUES, input, Batch.LABELS, wanted));
        tuning.correct(new EditRequest("digit", "", row, Tensors.toLongs(wanted)));
    }

    @Override
    public int entries() {
        return 0;
    }

    @Override
    public void close() {
        tuning.close();
        kept.forEach(Tensor::close);
    }
}
