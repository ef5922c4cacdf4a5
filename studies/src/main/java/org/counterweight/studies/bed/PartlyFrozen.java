package org.counterweight.studies.bed;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;

/**
 * A model of which only some weights are arguments: the others are fixed, and whoever trains, merges or weighs does not see
 * them.
 *
 * @param frozen the fixed weights
 */
public record PartlyFrozen(Model inner, Params frozen) implements Model {
    @Override
    public Output forward(Params params, Batch batch, Pass pass) {
        return inner.forward(frozen.replacing(params.weights()), batch, pass);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return inner.head(frozen.replacing(params.weights()), features, pass);
    }

    @Override
    public Map<String, long[]> shapes() {
        var shapes = new LinkedHashMap<>(inner.shapes());
        shapes.keySet().removeIf(frozen::has);
        return shapes;
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        var weights = new LinkedHashMap<>(inner.initialize(random));
        weights.keySet().removeIf(frozen::has);
        return weights;
    }

    @Override
    public Modules modules() {
        return inner.modules().where(module -> !frozen.has(module.weight()));
    }
}
