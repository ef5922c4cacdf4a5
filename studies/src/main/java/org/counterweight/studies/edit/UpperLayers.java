package org.counterweight.studies.edit;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;
import org.counterweight.model.module.Modules;

/**
 * The layers of a model above one of them. Those up to it stand still, so that what they make of a row is computed once, and
 * every batch brings it along.
 *
 * @param below the full name of the last layer that is not among them
 */
record UpperLayers(Model whole, String below) implements Model {
    /** What the layer below gave, {@code [rows, length, width]}, in a batch of this model. */
    private static final String ENTERING = "entering";

    private static final long ROWS = 64;

    UpperLayers {
        if (!whole.points().contains(below)) {
            throw new IllegalArgumentException("the model has no layer " + below);
        }
    }

    /** Rows of the whole model as this one reads them, which belong to the open scope. */
    Batch reading(Params params, Batch rows) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor entering = null;
            for (long from = 0; from < rows.rows(); from += ROWS) {
                try (var inner = Scope.open()) {
                    long to = Math.min(from + ROWS, rows.rows());
                    var watch = new Watch();
                    whole.forward(params.tapped(Map.of(below, watch)), rows.slice(from, to), Pass.evaluation());
                    Tensor some = watch.taken();
                    if (entering == null) {
                        entering = inner.keep(Tensors.zeros(rows.rows(), some.size(1), some.size(2)));
                    }
                    Tensors.slice(entering, 0, from, to).copy_(some);
                }
            }
            return rows.with(ENTERING, scope.keep(Objects.requireNonNull(entering)));
        }
    }

    /** Sees what passes a point. */
    private static final class Watch implements Tap {
        private final Tensor[] seen = new Tensor[1];

        /** What passed, which from here on belongs to the open scope. */
        Tensor taken() {
            try (Tensor owned = seen[0]) {
                return owned.detach();
            }
        }

        @Override
        public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
            seen[0] = Scope.own(out);
            return out;
        }

        @Override
        public Map<String, Tensor> trainables() {
            return Map.of();
        }

        @Override
        public Watch with(Map<String, Tensor> tensors) {
            return this;
        }
    }

    /** Whether a weight, or a module, is of these layers. */
    private boolean isAbove(String name) {
        String parent = below.substring(0, below.lastIndexOf('.') + 1);
        List<String> layers = whole.points().stream()
                .filter(point -> point.startsWith(parent) && point.indexOf('.', parent.length()) < 0)
                .toList();
        return layers.subList(layers.indexOf(below) + 1, layers.size()).stream()
                .anyMatch(layer -> name.startsWith(layer + "."));
    }

    /** The linear modules of these layers, without those of the head. */
    List<String> linears() {
        return modules().linears().stream().filter(this::isAbove).toList();
    }

    /** Whether a weight is of these layers or of the head. */
    boolean trains(String weight) {
        return isAbove(weight) || modules().heads().stream().anyMatch(head -> weight.startsWith(head + "."));
    }

    @Override
    public Output forward(Params params, Batch batch, Pass pass) {
        return whole.forward(params, batch, pass.resumed() == null ? pass.resuming(below, batch.get(ENTERING)) : pass);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return whole.head(params, features, pass);
    }

    @Override
    public Map<String, long[]> shapes() {
        return whole.shapes();
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return whole.initialize(random);
    }

    @Override
    public Modules modules() {
        return whole.modules();
    }

    /** Those of these layers: what is below stands still. */
    @Override
    public List<String> points() {
        List<String> all = whole.points();
        return all.subList(all.indexOf(below) + 1, all.size());
    }
}
