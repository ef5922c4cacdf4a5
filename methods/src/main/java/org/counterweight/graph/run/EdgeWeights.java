package org.counterweight.graph.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.BatchSource;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.graph.GraphBatch;
import org.counterweight.train.state.Remembering;
import org.jspecify.annotations.Nullable;

/**
 * The weights of the source's edges as they are at present, and how they came about. Every edge counts as it does by itself until
 * the first estimate. The tensors belong to the scope that was open at the beginning, and are written to in place.
 */
final class EdgeWeights implements Remembering {
    private static final String FACTORS = "edge_weight";
    private static final String CLASSES = "class_weights";
    private static final String TARGET = "tgt_prob";
    private static final String RATIO = "ratio";
    private static final String UPDATES = "updates";

    private final DomainEdges edges;
    private final double lambda;
    private final Map<String, Tensor> present = new LinkedHashMap<>();
    private final List<EdgeUpdate> updates = new ArrayList<>();

    EdgeWeights(Domains domains, double lambda) {
        this.edges = new DomainEdges(domains);
        this.lambda = lambda;
        Graph graph = domains.source().graph();
        long classes = domains.classes();
        var wide = Tensors.options(ScalarType.Double);
        present.put(
                FACTORS,
                graph.weights() == null
                        ? torch.ones(graph.edges().size(1))
                        : graph.weights().clone());
        present.put(RATIO, torch.ones(new long[] {classes, classes}, wide));
        present.put("src_prob", torch.zeros(new long[] {classes, classes}, wide));
        present.put(TARGET, torch.zeros(new long[] {classes, classes}, wide));
        present.put(CLASSES, torch.ones(new long[] {classes}, wide));
    }

    private Tensor present(String name) {
        Tensor tensor = present.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(name);
        }
        return tensor;
    }

    /**
     * Compares the domains by what is predicted for them, and weighs the edges by it. If all of the target is predicted to be of one class
     * the weights stay as they are: the estimate would say nothing.
     *
     * @param target probabilities, {@code float64 [m, C]}
     * @param source the same of the source's nodes, if they are asked for
     */
    void update(int epoch, PairEstimate estimate, Tensor target, Supplier<Tensor> source) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor told = target.argmax(new LongOptional(1), false);
            long classes = torch.bincount(told).count_nonzero().item_long();
            if (classes <= 1) {
                updates.add(EdgeUpdate.skipped(epoch));
                return;
            }
            PairEstimate.Found found = estimate.compare(edges, told, target, source);
            Tensor factors = edges.factors(found.ratio(), told, lambda);
            Tensor own = edges.domains().source().graph().weights();
            present(FACTORS).copy_(own == null ? factors : factors.mul(own));
            present(RATIO).copy_(found.ratio());
            present("src_prob").copy_(found.source());
            present(TARGET).copy_(found.target());
            if (found.classWeights() != null) {
                present(CLASSES).copy_(found.classWeights());
            }
            updates.add(EdgeUpdate.of(epoch, classes, found));
        }
    }

    /** The same batches of the source with these weights. */
    BatchSource over(BatchSource batches) {
        return BatchSource.of(batches.batches(), epoch -> {
            var planned = batches.epoch(epoch);
            return place -> GraphBatch.weighted(planned.apply(place), present(FACTORS));
        });
    }

    /** By which classes count in the loss, {@code float64 [C]}. */
    Tensor classWeights() {
        return present(CLASSES);
    }

    /** Whether there was an estimate. */
    boolean isWeighed() {
        return updates.stream().anyMatch(EdgeUpdate::isApplied);
    }

    /** The last ratio, {@code float64 [C, C]}; null if there was no estimate. */
    @Nullable
    Tensor ratio() {
        return isWeighed() ? present(RATIO) : null;
    }

    List<EdgeUpdate> updates() {
        return List.copyOf(updates);
    }

    /** All of it, by the names of the authors' files. */
    Map<String, Tensor> tensors() {
        return Map.copyOf(present);
    }

    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<>(present);
        state.put(UPDATES, EdgeUpdate.saved(updates));
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        updates.clear();
        updates.addAll(EdgeUpdate.restored(Remembering.required(state, UPDATES)));
        present.forEach((name, tensor) -> tensor.copy_(Remembering.required(state, name)));
    }

    /** The classes that no node of the target was predicted to be of at last. */
    List<Integer> unseen() {
        double[] own = Tensors.toDoubles(present(TARGET).diagonal().contiguous());
        var unseen = new ArrayList<Integer>();
        for (int c = 0; c < own.length; c++) {
            if (Double.isNaN(own[c])) {
                unseen.add(c);
            }
        }
        return unseen;
    }
}
