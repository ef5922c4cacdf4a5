package org.counterweight.merge;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.zeros;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Normalization;

/**
 * Batch normalisation's running means and variances. They are weights by name only: figures of the activations, which neither
 * an angle between deltas nor Fisher information describes, and which merges average as they are.
 */
public final class RunningStatistics {
    private RunningStatistics() {}

    /**
     * Whether a tensor of that name is one, as far as names go: for weights that come from files without a model. Where there
     * is one, it says so itself ({@link org.counterweight.model.module.Modules#buffers}).
     */
    public static boolean named(String tensor) {
        return tensor.endsWith("running_mean") || tensor.endsWith("running_var");
    }

    /**
     * Measures them anew, in place: each becomes the mean over the batches of an epoch of what a training pass finds in a
     * batch. Merged weights make other activations than averaged statistics describe; P. Izmailov et al., UAI 2018, do so
     * after averaging. Does nothing to a model that has none.
     *
     * @param params holds the statistics; no other weight changes
     * @param random for dropout
     */
    public static void recalibrate(Model model, Params params, BatchSource data, Generator random) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            var none = new LinkedHashMap<String, Tensor>();
            var sums = new LinkedHashMap<String, Tensor>();
            Set<String> buffers = model.modules().buffers();
            params.weights().forEach((name, tensor) -> {
                if (buffers.contains(name)) {
                    none.put(name, zeros(Tensors.shape(tensor)).to(tensor.device(), tensor.scalar_type()));
                    sums.put(name, zeros(Tensors.shape(tensor)).to(tensor.device(), ScalarType.Double));
                }
            });
            if (none.isEmpty()) {
                return;
            }
            Params empty = params.replacing(none); // a pass moves them from 0 by a share of the batch's own
            IntFunction<Batch> epoch = data.epoch(0);
            for (int place = 0; place < data.batches(); place++) {
                try (var inner = Scope.open()) {
                    Pass pass = Pass.training(random).reporting((name, moved) -> {
                        Tensor sum = sums.get(name);
                        if (sum != null) { // a tap's own are not measured anew
                            sum.add_(moved.to(ScalarType.Double));
                        }
                    });
                    model.forward(empty, epoch.apply(place), pass);
                }
            }
            Map<String, Tensor> weights = params.weights();
            sums.forEach((name, sum) -> Objects.requireNonNull(weights.get(name))
                    .copy_(sum.div(scalar(Normalization.MOMENTUM * data.batches()))));
        }
    }
}
