package org.counterweight.federate.aggregate;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.SourceUpdate;
import org.counterweight.federate.client.Updates;
import org.counterweight.merge.RunningStatistics;

/**
 * h + Σ p_i (mix of g_T and g_i), a tensor at a time, summed in float64 in the order of the sources. Counters keep
 * their value.
 *
 * @param rule what each source's mix is
 * @param granularity over what it is decided
 * @param batchNorm what becomes of running statistics
 */
public record Aggregation(Rule rule, Granularity granularity, BatchNormRule batchNorm) {
    private static final double ROUNDING = 1e-6;

    /** Layer by layer, running statistics averaged. */
    public static Aggregation of(Rule rule) {
        return new Aggregation(rule, Granularity.LAYER, BatchNormRule.AVERAGED);
    }

    /**
     * The next global state; its tensors belong to the open scope.
     *
     * @param global h, by name; not changed
     * @param target g_T, by the same names
     * @param sources whose weights add up to 1; none leaves the target alone
     * @throws FederationException if the weights do not add up to 1, or names or shapes are not those of {@code global}
     */
    public Map<String, Tensor> apply(
            Map<String, Tensor> global, Map<String, Tensor> target, List<SourceUpdate> sources) {
        check(global, target, sources);
        try (var off = Tensors.noGrad()) {
            List<Products> whole = granularity == Granularity.GLOBAL ? whole(global, target, sources) : List.of();
            var next = new LinkedHashMap<String, Tensor>();
            global.forEach((name, tensor) -> {
                try (var scope = Scope.open()) {
                    Tensor g = found(target, name);
                    next.put(
                            name,
                            scope.keep(
                                    !Updates.isAggregated(tensor)
                                            ? tensor.detach().clone()
                                            : moved(
                                                    tensor,
                                                    isMixed(name)
                                                            ? mixed(name, g, sources, whole)
                                                            : statistic(name, g, sources))));
                }
            });
            return next;
        }
    }

    private static void check(Map<String, Tensor> global, Map<String, Tensor> target, List<SourceUpdate> sources) {
        Updates.requireLike(global, target, "target");
        double sum = 0;
        for (SourceUpdate source : sources) {
            Updates.requireLike(global, source.update(), source.client());
            sum += source.weight();
        }
        if (!sources.isEmpty() && !(Math.abs(sum - 1) <= ROUNDING)) {
            throw new FederationException("the sources' weights add up to " + sum + ", but must add up to 1");
        }
    }

    private static Tensor found(Map<String, Tensor> update, String name) {
        return Objects.requireNonNull(update.get(name), name).detach();
    }

    private static Tensor moved(Tensor tensor, Tensor by) {
        return tensor.detach().add(by).to(tensor.scalar_type());
    }

    private boolean isMixed(String name) {
        return batchNorm == BatchNormRule.PROJECTED || !RunningStatistics.named(name);
    }

    private List<Products> whole(Map<String, Tensor> global, Map<String, Tensor> target, List<SourceUpdate> sources) {
        var whole = new ArrayList<Products>();
        for (SourceUpdate source : sources) {
            Products sum = Products.NONE;
            for (var entry : global.entrySet()) {
                String name = entry.getKey();
                if (Updates.isAggregated(entry.getValue()) && isMixed(name)) {
                    sum = sum.plus(Products.of(found(target, name), found(source.update(), name)));
                }
            }
            whole.add(sum);
        }
        return whole;
    }

    private Tensor mixed(String name, Tensor g, List<SourceUpdate> sources, List<Products> whole) {
        Tensor sum = zeros(g);
        double lost = 0; // of the target's share; so that β = 0 leaves exactly 1, whatever rounding the weights bear
        for (int i = 0; i < sources.size(); i++) {
            SourceUpdate source = sources.get(i);
            Tensor other = found(source.update(), name);
            Mix mix = rule.mix(whole.isEmpty() ? Products.of(g, other) : whole.get(i), source.beta(), source.scale());
            lost += source.weight() * (1 - mix.target());
            sum.add_(other, scalar(source.weight() * mix.source()));
        }
        return sum.add_(g, scalar(1 - lost));
    }

    private Tensor statistic(String name, Tensor g, List<SourceUpdate> sources) {
        Tensor sum = zeros(g);
        if (batchNorm.isOfTarget() || sources.isEmpty()) {
            return sum.add_(g);
        }
        for (SourceUpdate source : sources) {
            sum.add_(found(source.update(), name), scalar(source.weight()));
        }
        return sum;
    }

    private static Tensor zeros(Tensor like) {
        return torch.zeros_like(like).to(ScalarType.Double);
    }
}
