package org.counterweight.merge.update;

import static org.bytedeco.pytorch.global.torch.lerp;
import static org.bytedeco.pytorch.global.torch.where;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Accumulation;
import org.counterweight.merge.Agreement;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.RunningStatistics;
import org.counterweight.merge.update.fisher.DiagonalFisher;
import org.counterweight.weights.Combiner;
import org.counterweight.weights.WeightsException;

/**
 * Between the model in production and its update: θ = α θ_old + (1 − α) θ_new, or, element by element with the Fisher
 * information F of the old model, θ = (α F θ_old + (1 − α) θ_new) / (α F + 1 − α). The first tensor is the old model's; of
 * several new ones the mean is taken first (SoupBCWI).
 *
 * <p>R. Schumann et al., "Backward compatibility during data updates by weight interpolation", EACL 2024, section 3. Where
 * the denominator is 0 (α = 1 and F = 0) the old weight stays; the official code patches the 0/0 to the same value.
 *
 * @param alpha the share of the OLD model: 0 is the new model, 1 the old one, both to the last bit
 * @param fisher by name, of the weights' shapes, at least 0; empty for the plain form; a tensor without an entry counts 1
 * @param newLabelIds classes whose rows of the classifier are the new model's
 * @param classifier the module of those rows
 */
public record Bcwi(double alpha, Map<String, Tensor> fisher, List<Integer> newLabelIds, String classifier)
        implements Combiner {

    public Bcwi {
        fisher = Collections.unmodifiableMap(new LinkedHashMap<>(fisher));
        newLabelIds = List.copyOf(newLabelIds);
        if (!fisher.isEmpty()) {
            DiagonalFisher.check(fisher);
        }
    }

    /** The plain form. */
    public static Bcwi plain(double alpha) {
        return new Bcwi(alpha, Map.of(), List.of(), "");
    }

    /** The same with another share of the old model; the Fisher information is not checked again. */
    public Combiner at(double alpha) {
        return (name, tensors) -> combine(alpha, name, tensors);
    }

    @Override
    public Tensor combine(String name, List<Tensor> tensors) {
        return combine(alpha, name, tensors);
    }

    private Tensor combine(double alpha, String name, List<Tensor> tensors) {
        if (tensors.size() < 2) {
            throw new WeightsException("bcwi needs the old model and at least one new one, found " + tensors.size());
        }
        Agreement.sameShapes(name, tensors);
        Tensor stored = tensors.get(0);
        try (var scope = Scope.open()) {
            Tensor old = Accumulation.wide(stored);
            Tensor updated = Accumulation.mean(tensors.subList(1, tensors.size()));
            Tensor f = RunningStatistics.named(name) ? null : fisher.get(name);
            Tensor mixed;
            if (f == null) {
                mixed = updated.lerp(old, scalar(alpha)); // exact at both ends
            } else {
                Agreement.sameShapes(name, List.of(stored, f));
                mixed = lerp(updated, old, share(f, alpha).to(old.scalar_type()));
            }
            if (name.equals(classifier + ".weight") || name.equals(classifier + ".bias")) {
                mixed = withNewRows(name, mixed, updated);
            }
            return scope.keep(Accumulation.rounded(mixed, stored));
        }
    }

    /** α F / (α F + 1 − α), the old model's share of each element. */
    private static Tensor share(Tensor fisher, double alpha) {
        Tensor weighted = times(fisher.to(ScalarType.Double), alpha);
        Tensor denominator = plus(weighted, 1 - alpha);
        return where(denominator.eq(scalar(0)), scalar(1), weighted.div(denominator));
    }

    private Tensor withNewRows(String name, Tensor mixed, Tensor updated) {
        if (newLabelIds.isEmpty()) {
            return mixed;
        }
        for (int id : newLabelIds) {
            if (id < 0 || id >= mixed.size(0)) {
                throw new WeightsException(name + ": has rows for the classes 0 to " + (mixed.size(0) - 1)
                        + ", new_label_ids names " + id);
            }
        }
        Tensor ids = longs(newLabelIds.stream().mapToLong(id -> id).toArray());
        return mixed.index_copy(0, ids, updated.index_select(0, ids));
    }

    /**
     * The interpolated model. Integer tensors are the new model's. The result belongs to the open scope.
     *
     * @param alpha the share of the old model, in [0, 1], in place of this record's own
     * @param old by name
     * @param news one or more, by the same names and of the same shapes but for the head's rows of new classes
     */
    public Map<String, Tensor> merge(double alpha, Map<String, Tensor> old, List<? extends Map<String, Tensor>> news) {
        if (!newLabelIds.isEmpty() && !old.containsKey(classifier + ".weight")) {
            throw new WeightsException(
                    "classifier: the model has no " + classifier + ".weight, whose rows are the classes");
        }
        var models = new ArrayList<Map<String, Tensor>>(List.of(old));
        models.addAll(news);
        Map<String, Tensor> merged = InMemory.merge(at(alpha), models);
        merged.replaceAll((name, tensor) -> tensor.is_floating_point()
                ? tensor
                : Objects.requireNonNull(news.get(0).get(name)).clone());
        return merged;
    }

    /** The names that have no Fisher information where others have, and so count 1; to be told to the user. */
    public List<String> unweighted(Map<String, Tensor> old) {
        return fisher.isEmpty()
                ? List.of()
                : old.entrySet().stream()
                        .filter(entry -> entry.getValue().is_floating_point())
                        .map(Map.Entry::getKey)
                        .filter(name -> !RunningStatistics.named(name) && !fisher.containsKey(name))
                        .toList();
    }

    /**
     * ‖θ − θ_old‖ over all floating tensors, in float64; a tensor that several names share counts once.
     *
     * @param weights by the names of {@code old}, and of the same shapes
     */
    public static double distance(Map<String, Tensor> weights, Map<String, Tensor> old) {
        var seen = new HashSet<Long>();
        double sum = 0;
        try (var off = Tensors.noGrad()) {
            for (var entry : old.entrySet()) {
                Tensor before = entry.getValue();
                if (!before.is_floating_point() || !seen.add(address(before))) {
                    continue;
                }
                try (var scope = Scope.open()) {
                    Tensor after = Objects.requireNonNull(weights.get(entry.getKey()));
                    sum += after.to(ScalarType.Double)
                            .sub(before.to(ScalarType.Double))
                            .square()
                            .sum()
                            .item_double();
                }
            }
        }
        return Math.sqrt(sum);
    }

    private static long address(Tensor tensor) {
        try (var scope = Scope.open()) {
            return tensor.data_ptr().address();
        }
    }
}
