package org.counterweight.merge.update.fisher;

import static org.bytedeco.pytorch.global.torch.bmm;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.sum;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * The squares of every instance's gradients from one backward pass of a batch. A linear module's gradient of instance i is
 * g_i a_i^T, with its input a and the gradient g of its output, so the sum of the squares is (G∘G)^T (A∘A); where an instance
 * has several positions, its g_i a_i^T must be summed over them before it is squared.
 *
 * <p>Only right if rows do not touch each other, which holds for every model in evaluation mode.
 */
final class LinearFisher implements DiagonalFisher.Squares {
    private final Map<String, Noted> taps = new LinkedHashMap<>();
    private final Map<String, Tensor> sums;
    private final Model model;
    private final Params params;

    LinearFisher(Model model, Map<String, Tensor> leaves, Map<String, Tensor> sums) {
        this.model = model;
        this.sums = sums;
        model.modules().linears().forEach(module -> taps.put(module + ".weight", new Noted()));
        this.params = Params.of(leaves).parametrized(taps);
    }

    /** Whether each of these weights is the weight or the bias of a linear module. */
    static boolean covers(Model model, Set<String> names) {
        List<String> linears = model.modules().linears();
        return names.stream()
                .allMatch(
                        name -> linears.contains(without(name, ".weight")) || linears.contains(without(name, ".bias")));
    }

    private static String without(String name, String ending) {
        return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : "";
    }

    /** Notes what goes in and out of a linear module, which is otherwise as it was. */
    private static final class Noted implements Parametrization {
        private final List<Tensor> inputs = new ArrayList<>();
        private final List<Tensor> outputs = new ArrayList<>();

        @Override
        public Tensor weight(Tensor base) {
            return base;
        }

        @Override
        public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
            Tensor y = Tensors.linear(x, base, bias);
            inputs.add(x.detach());
            outputs.add(y);
            return y;
        }

        /** It trains nothing, and what it noted is asked of itself. */
        @Override
        public Parametrization with(Map<String, Tensor> tensors) {
            return this;
        }

        @Override
        public Map<String, Tensor> trainables() {
            return Map.of();
        }
    }

    @Override
    public Tensor forward(Batch batch) {
        return model.forward(params, batch, Pass.evaluation()).logits();
    }

    @Override
    public void add(Tensor losses, Tensor weights, boolean last) {
        Tensor[] outputs =
                taps.values().stream().flatMap(tap -> tap.outputs.stream()).toArray(Tensor[]::new);
        Tensor[] gradients = RetainedGradients.of(losses.sum(), !last, outputs);
        Tensor rowWeights = weights.to(ScalarType.Double);
        int at = 0;
        for (var entry : taps.entrySet()) {
            Noted tap = entry.getValue();
            int calls = tap.outputs.size();
            String module = without(entry.getKey(), ".weight");
            addModule(module, tap.inputs, List.of(gradients).subList(at, at + calls), rowWeights);
            at += calls;
        }
    }

    private void addModule(String module, List<Tensor> inputs, List<Tensor> gradients, Tensor weights) {
        if (inputs.isEmpty()) {
            return; // not used by this forward pass: its gradient is zero
        }
        Tensor weight = Objects.requireNonNull(sums.get(module + ".weight"));
        Tensor bias = sums.get(module + ".bias");
        boolean flat = inputs.size() == 1 && inputs.get(0).dim() == 2;
        if (flat) {
            Tensor g2 = gradients.get(0).to(ScalarType.Double).square().mul(weights.unsqueeze(1)); // [rows, out]
            Tensor a2 = inputs.get(0).to(ScalarType.Double).square(); // [rows, in]
            weight.add_(matmul(g2.t(), a2));
            if (bias != null) {
                bias.add_(sum(g2, false, 0));
            }
            return;
        }
        Tensor perWeight = null; // [rows, out, in]
        Tensor perBias = null; // [rows, out]
        for (int call = 0; call < inputs.size(); call++) {
            Tensor g = positions(gradients.get(call));
            Tensor w = bmm(g.transpose(1, 2), positions(inputs.get(call)));
            perWeight = perWeight == null ? w : perWeight.add(w);
            perBias = perBias == null ? sum(g, false, 1) : perBias.add(sum(g, false, 1));
        }
        weight.add_(sum(Objects.requireNonNull(perWeight).square().mul(weights.reshape(-1, 1, 1)), false, 0));
        if (bias != null) {
            bias.add_(sum(Objects.requireNonNull(perBias).square().mul(weights.unsqueeze(1)), false, 0));
        }
    }

    /** {@code [rows, …, width] -> [rows, positions, width]}. */
    private static Tensor positions(Tensor tensor) {
        return tensor.to(ScalarType.Double).reshape(tensor.size(0), -1, tensor.size(-1));
    }
}
