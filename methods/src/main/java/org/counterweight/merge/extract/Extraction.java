package org.counterweight.merge.extract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.merge.extract.LowRankFit.Budget;
import org.counterweight.merge.source.ModelLayout;
import org.counterweight.merge.source.TensorNames;
import org.counterweight.merge.tensor.LoadedTensor;
import org.counterweight.merge.tensor.ModelTensor;
import org.counterweight.weights.WeightsException;

/**
 * What a model has that its base has not: low-rank differences of its linear weights, one at a time; and the modules that changed and have no such difference, to be kept whole.
 */
public final class Extraction {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    /** Heads that predict classes: whoever reads an adapter takes them whole, as PEFT saves them. */
    private static final Pattern CLASS_HEAD = Pattern.compile("(?:classifier|score)(?:\\..*)?");

    /** GPT-2's Conv1D, stored the other way round. */
    private static final Pattern TRANSPOSED = Pattern.compile("(?:.*\\.)?(?:c_attn|c_proj|c_fc|q_attn)");

    private final ModelLayout base;
    private final ModelLayout model;
    private final boolean transposes;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, Integer> ranks = new LinkedHashMap<>();
    private final List<String> whole = new ArrayList<>();
    private final List<String> left = new ArrayList<>();
    private int compared;
    private double kept;
    private double all;

    /** @param base by the same names as {@code model} */
    public Extraction(ModelLayout base, ModelLayout model) {
        this.base = base;
        this.model = model;
        this.transposes = model.directory().hasConfig()
                && model.directory().config().path("model_type").asString("").contains("gpt2");
    }

    /**
     * Compares the weights. What is found belongs to the open scope.
     *
     * @param wanted the modules that are asked
     * @param keepsWhole whether changed modules without a low-rank difference are kept whole
     * @throws WeightsException if a linear weight has another shape in the base
     */
    public void run(Budget budget, Predicate<String> wanted, boolean keepsWhole) {
        for (var entry : model.tensors().entrySet()) {
            String name = entry.getKey();
            int dot = name.lastIndexOf('.');
            String module = dot < 0 ? name : name.substring(0, dot);
            if (!entry.getValue().info().dtype().isFloating() || !wanted.test(module)) {
                continue;
            }
            ModelTensor before = base.tensors().get(name);
            compared += before == null ? 0 : 1;
            if (before == null) {
                left.add(name);
            } else if (isLinear(name, entry.getValue()) && !isClassHead(module)) {
                fit(module, new Difference(before, entry.getValue()), budget);
            } else if (new Difference(before, entry.getValue()).isAny()) {
                if (keepsWhole && (isClassHead(module) || !name.endsWith(BIAS))) {
                    keep(module);
                } else {
                    left.add(name);
                }
            }
        }
        left.removeIf(name -> whole.contains(name.substring(0, Math.max(0, name.lastIndexOf('.')))));
    }

    private static boolean isClassHead(String module) {
        return CLASS_HEAD.matcher(module).matches();
    }

    private static boolean isLinear(String name, ModelTensor tensor) {
        return name.endsWith(WEIGHT)
                && tensor.info().shape().length == 2
                && !TensorNames.isEmbedding(name)
                && !name.contains("embed");
    }

    private void fit(String module, Difference difference, Budget budget) {
        if (!difference.areOfOneShape()) {
            throw new WeightsException(
                    model.directory().path(),
                    difference.after().info() + ", but " + difference.before().info()
                            + " in the base; only a model of the same sizes is its base and an adapter");
        }
        try (var scope = Scope.open()) {
            LowRankFit stored = LowRankFit.of(difference, budget);
            if (stored.square() == 0) {
                return;
            }
            boolean isTransposed = transposes && TRANSPOSED.matcher(module).matches();
            LowRankFit fit = isTransposed ? stored.transposed() : stored;
            ranks.put(module, Math.toIntExact(fit.a().size(0)));
            tensors.put(module + ".lora_A.weight", scope.keep(fit.a()));
            tensors.put(module + ".lora_B.weight", scope.keep(fit.b()));
            kept += fit.energy() * fit.square();
            all += fit.square();
        }
    }

    private void keep(String module) {
        if (whole.contains(module)) {
            return;
        }
        whole.add(module);
        model.tensors().forEach((name, tensor) -> {
            if (name.startsWith(module + ".") && name.indexOf('.', module.length() + 1) < 0) {
                tensors.put(name, LoadedTensor.stored(tensor));
            }
        });
    }

    /** The adapter's tensors by module: {@code q_proj.lora_A.weight}; and of modules that are kept whole, their own. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** How many weights that were asked are there in both. */
    public int compared() {
        return compared;
    }

    /** The rank of each module's difference. */
    public Map<String, Integer> ranks() {
        return ranks;
    }

    /** Modules that are kept whole. */
    public List<String> whole() {
        return whole;
    }

    /** Tensors that changed, and of which the adapter holds nothing. */
    public List<String> left() {
        return left;
    }

    /** Whether the differences are of weights that are stored the other way round. */
    public boolean isTransposed() {
        return transposes
                && ranks.keySet().stream()
                        .allMatch(module -> TRANSPOSED.matcher(module).matches());
    }

    /** The share of the squares of all differences that the adapter has. */
    public double energy() {
        return all == 0 ? 1 : kept / all;
    }
}
