package org.counterweight.merge.update.fisher;

import static org.counterweight.engine.Tensors.logSoftmax;
import static org.counterweight.engine.Tensors.scalar;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.merge.update.fisher.FisherConfig.Scale;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.weights.WeightsException;

/**
 * How much each weight matters to a classifier: F_p = Σ_x (∂/∂θ_p −log p(ŷ(x) | x))², the square of each instance's own
 * gradient, never of a batch's, with the model in evaluation mode.
 *
 * <p>Where all weights belong to linear modules, each to one, a batch takes one backward pass ({@link LinearFisher}); otherwise each
 * instance takes its own. The two agree.
 */
public final class DiagonalFisher {
    private final FisherConfig config;
    private final Model model;
    private final Map<String, Tensor> leaves = new LinkedHashMap<>();
    private final Map<String, Tensor> sums = new LinkedHashMap<>();
    private long instances;

    private DiagonalFisher(FisherConfig config, Model model, Map<String, Tensor> weights) {
        this.config = config;
        this.model = model;
        Set<String> buffers = model.modules().buffers();
        var byAddress = new HashMap<Long, Tensor>(); // names that share a tensor share its gradient
        weights.forEach((name, tensor) -> {
            Tensor leaf = !tensor.is_floating_point()
                    ? tensor
                    : byAddress.computeIfAbsent(
                            tensor.data_ptr().address(), key -> tensor.detach().requires_grad_(true));
            leaves.put(name, leaf);
            if (tensor.is_floating_point() && !buffers.contains(name)) {
                sums.put(name, zeros(tensor));
            }
        });
    }

    private static Tensor zeros(Tensor like) {
        try (var scope = Scope.open()) {
            return scope.keep(torch.zeros_like(like.detach()).to(ScalarType.Double));
        }
    }

    /** Whether a batch takes one pass: a weight with two names has one gradient, which must be summed before it is squared. */
    private boolean isLinear() {
        long different = sums.keySet().stream().map(leaves::get).distinct().count();
        return different == sums.size() && LinearFisher.covers(model, sums.keySet());
    }

    /**
     * The information of every parameter: every floating tensor but running statistics.
     *
     * @param weights of the model, by name, of any shapes
     * @param batches the instances; {@link Batch#labels} are needed for true labels only
     * @return float64, by the weights' names, of their shapes; belongs to the open scope
     * @throws WeightsException if all of it is zero
     */
    public static Map<String, Tensor> of(
            FisherConfig config, Model model, Map<String, Tensor> weights, Iterable<Batch> batches) {
        var fisher = new DiagonalFisher(config, model, weights);
        boolean linear = fisher.isLinear();
        for (Batch batch : batches) {
            fisher.add(batch, linear);
        }
        return fisher.scaled();
    }

    /** The same, one backward pass an instance: the definition, which the faster way is tested against. */
    static Map<String, Tensor> oneByOne(
            FisherConfig config, Model model, Map<String, Tensor> weights, Iterable<Batch> batches) {
        var fisher = new DiagonalFisher(config, model, weights);
        for (Batch batch : batches) {
            fisher.add(batch, false);
        }
        return fisher.scaled();
    }

    private void add(Batch batch, boolean linear) {
        long rows = batch.rows();
        instances += rows;
        if (linear) {
            try (var scope = Scope.open()) {
                addSquares(batch, new LinearFisher(model, leaves, sums));
            }
            return;
        }
        for (long row = 0; row < rows; row++) {
            try (var scope = Scope.open()) {
                addSquares(batch.slice(row, row + 1), new SingleFisher(model, leaves, sums));
            }
        }
    }

    /** Where the squares of each instance's gradients come from. */
    interface Squares {
        /** Logits {@code [rows, classes]} with a graph. */
        Tensor forward(Batch batch);

        /**
         * Adds the squared gradients of each row's loss, times that row's weight.
         *
         * @param losses {@code [rows]}
         * @param weights {@code [rows]}, without gradient
         * @param last whether the graph is done with
         */
        void add(Tensor losses, Tensor weights, boolean last);
    }

    private void addSquares(Batch batch, Squares squares) {
        Tensor negative = logSoftmax(squares.forward(batch), -1).neg(); // [rows, classes]
        Tensor ones = torch.ones_like(negative.detach().select(1, 0));
        int classes = Math.toIntExact(negative.size(1));
        switch (config.labels()) {
            case PREDICTED ->
                squares.add(chosen(negative, negative.detach().argmin(new LongOptional(1), false)), ones, true);
            case TRUE -> squares.add(chosen(negative, batch.labels()), ones, true);
            case FULL -> {
                Tensor probabilities = negative.detach().neg().exp();
                for (int y = 0; y < classes; y++) {
                    if (!config.newLabelIds().contains(y)) {
                        try (var scope = Scope.open()) {
                            squares.add(negative.select(1, y), probabilities.select(1, y), false);
                        }
                    }
                }
            }
        }
    }

    private static Tensor chosen(Tensor perClass, Tensor labels) {
        return perClass.gather(1, labels.unsqueeze(1)).squeeze(1);
    }

    private Map<String, Tensor> scaled() {
        double total = 0;
        long count = 0;
        var seen = new HashMap<Tensor, String>();
        for (var entry : sums.entrySet()) {
            if (seen.putIfAbsent(Objects.requireNonNull(leaves.get(entry.getKey())), entry.getKey()) == null) {
                try (var scope = Scope.open()) {
                    total += entry.getValue().sum().item_double();
                }
                count += entry.getValue().numel();
            }
        }
        if (!(total > 0)) {
            throw new WeightsException("the old model has zero gradients on these " + instances
                    + " instances: its Fisher information says nothing; use variant: plain");
        }
        double divisor = config.scale() == Scale.MEAN_ONE ? total / count : instances;
        sums.values().forEach(sum -> sum.div_(scalar(divisor)));
        return sums;
    }

    /**
     * Refuses what is no Fisher information.
     *
     * @param fisher by the names of weights, of their shapes
     * @throws WeightsException naming the tensor, if an element is negative or not finite, or if all are zero
     */
    public static void check(Map<String, Tensor> fisher) {
        boolean any = false;
        for (var entry : fisher.entrySet()) {
            try (var scope = Scope.open()) {
                Tensor f = entry.getValue();
                if (!f.isfinite().all().item_bool() || f.lt(scalar(0)).any().item_bool()) {
                    throw new WeightsException(entry.getKey()
                            + ": Fisher information is negative or not finite; expected numbers of at least 0");
                }
                any = any || f.gt(scalar(0)).any().item_bool();
            }
        }
        if (!any) {
            throw new WeightsException("the Fisher information is zero everywhere: the old model has zero gradients");
        }
    }

    /** One instance, one backward pass. */
    private record SingleFisher(Model model, Map<String, Tensor> leaves, Map<String, Tensor> sums) implements Squares {
        @Override
        public Tensor forward(Batch batch) {
            return model.forward(Params.of(leaves), batch, Pass.evaluation()).logits();
        }

        @Override
        public void add(Tensor losses, Tensor weights, boolean last) {
            String[] names = sums.keySet().toArray(String[]::new);
            Tensor[] wanted = new Tensor[names.length];
            for (int i = 0; i < names.length; i++) {
                wanted[i] = Objects.requireNonNull(leaves.get(names[i]));
            }
            Tensor[] gradients = RetainedGradients.of(losses.sum(), !last, wanted);
            double weight = weights.item_double();
            for (int i = 0; i < names.length; i++) {
                Objects.requireNonNull(sums.get(names[i]))
                        .add_(gradients[i].to(ScalarType.Double).square(), scalar(weight));
            }
        }
    }
}
