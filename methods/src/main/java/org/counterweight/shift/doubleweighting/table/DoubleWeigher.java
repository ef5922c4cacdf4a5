package org.counterweight.shift.doubleweighting.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Findings;
import org.counterweight.shift.Gathered;
import org.counterweight.shift.Role;
import org.counterweight.shift.RowWeights;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.Side;
import org.counterweight.shift.Source;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.Weights;
import org.counterweight.shift.doubleweighting.DoubleWeights;
import org.counterweight.shift.doubleweighting.minimax.FeatureMap;
import org.counterweight.shift.measure.EffectiveSize;
import org.counterweight.shift.measure.WeightHistogram;
import org.jspecify.annotations.Nullable;

/** Double-weighting of two tables; with labels also the classifier that goes with the weights, and its guaranteed risk. */
record DoubleWeigher(DoubleWeightingConfig config) implements TableWeigher<DoubleTableFit> {
    static final String BETA = "weight";
    static final String ALPHA = "confidence";

    @Override
    public DoubleTableFit fit(Source source, @Nullable Source target, Seed seed) {
        if (target == null) {
            throw new ShiftException("double-weighting compares two tables; name the other one (target)");
        }
        try (var scope = Scope.open()) {
            Gathered train = Gathered.of(source, ScalarType.Double);
            Gathered deployed = Gathered.of(target, ScalarType.Double);
            TableKernel kernel = TableKernel.of(config, train.features(), deployed.features(), seed.child("kernel"));
            boolean labelled = train.roles().containsKey(Role.LABEL);
            DoubleWeighting learning = labelled ? learning(train, kernel.sigma(), seed) : null;
            var tried = new ArrayList<DoubleTableFit.Tried>();
            DoubleWeights best = null;
            DoubleFit bestFit = null;
            double bestD = Double.NaN;
            for (double d : config.ds()) {
                DoubleWeights weights = kernel.weights(config.limits(d));
                DoubleFit fit = learning == null
                        ? null
                        : learning.fit(train.features(), train.numbers(Role.LABEL), deployed.features(), d, weights);
                if (fit != null) {
                    tried.add(tried(fit));
                }
                if (best == null || fit != null && bestFit != null && fit.risk() < bestFit.risk()) {
                    best = weights;
                    bestFit = fit;
                    bestD = d;
                }
            }
            return fit(
                    kernel,
                    Objects.requireNonNull(best),
                    bestD,
                    tried,
                    learnt(bestFit),
                    labels(learning, bestFit, deployed),
                    train.ids(),
                    deployed.ids());
        }
    }

    private DoubleWeighting learning(Gathered train, double sigma, Seed seed) {
        double[] labels = train.values(Role.LABEL);
        int classes = (int) Arrays.stream(labels).max().orElse(0) + 1;
        int components = config.features() == FeatureMap.Kind.RFF ? config.nComponents() / 2 : config.nComponents();
        FeatureMap map = FeatureMap.drawn(
                config.features(),
                config.intercept(),
                train.features().size(1),
                sigma,
                components,
                seed.child("features"));
        return new DoubleWeighting(map, config.encoding(), config.loss(), classes, config.delta(), config.lambda0());
    }

    private static DoubleTableFit.Tried tried(DoubleFit fit) {
        return new DoubleTableFit.Tried(
                fit.d(),
                fit.risk(),
                fit.expectations().lambda().sum().item_double(),
                EffectiveSize.of(fit.weights().beta()),
                EffectiveSize.of(fit.weights().alpha()));
    }

    private static Map<String, double[]> learnt(@Nullable DoubleFit fit) {
        return fit == null
                ? Map.of()
                : Map.of(
                        "tau", Tensors.toDoubles(fit.expectations().tau()),
                        "lambda", Tensors.toDoubles(fit.classifier().risk().lambda()),
                        "mu", Tensors.toDoubles(fit.classifier().mu()));
    }

    /** argmax over y of Φ(x, y) μ, which does not depend on α. */
    private static long @Nullable [] labels(
            @Nullable DoubleWeighting learning, @Nullable DoubleFit fit, Gathered deployed) {
        if (learning == null || fit == null) {
            return null;
        }
        Tensor joint = learning.encoding().joint(learning.features().of(deployed.features()), learning.labels());
        Tensor scores = joint.matmul(fit.classifier().mu());
        return Tensors.toLongs(scores.argmax(new LongOptional(1), false));
    }

    private DoubleTableFit fit(
            TableKernel kernel,
            DoubleWeights weights,
            double d,
            List<DoubleTableFit.Tried> tried,
            Map<String, double[]> learnt,
            long @Nullable [] predictions,
            long[] trainIds,
            long[] deployedIds) {
        double[] beta = Tensors.toDoubles(weights.beta());
        double[] alpha = Tensors.toDoubles(weights.alpha());
        double highest = config.limits(d).highest();
        return new DoubleTableFit(
                d,
                kernel.sigma(),
                kernel.exact(),
                RowWeights.of(trainIds, beta),
                RowWeights.of(deployedIds, alpha),
                weights.objective(),
                weights.gap(),
                weights.converged(),
                WeightHistogram.of(beta),
                WeightHistogram.of(alpha),
                highest,
                Arrays.stream(beta).filter(w -> w >= highest * (1 - 1e-6)).count(),
                Arrays.stream(alpha).filter(w -> w < 0.5).count(),
                kernel.alone(),
                kernel.repeats(),
                List.copyOf(tried),
                learnt,
                predictions);
    }

    @Override
    public List<String> columns(Side side) {
        return List.of(side == Side.SOURCE ? BETA : ALPHA);
    }

    @Override
    public Weights apply(DoubleTableFit fitted, Side side, Chunk rows) {
        RowWeights all = side == Side.SOURCE ? fitted.beta() : fitted.alpha();
        double[] weights = new double[rows.size()];
        double[] each = new double[rows.size()];
        double[] none = new double[rows.size()];
        Arrays.fill(each, 1);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = all.at(rows.ids()[i]);
        }
        Weights.Compared compared = side == Side.SOURCE
                ? new Weights.Compared(each, weights, none, none)
                : new Weights.Compared(none, none, each, weights);
        Map<String, double[]> columns = new LinkedHashMap<>();
        columns.put(side == Side.SOURCE ? BETA : ALPHA, weights);
        return new Weights(columns, null, compared);
    }

    /** Weights of both tables by the rows' numbers; with labels also τ, λ and μ of the classifier. */
    @Override
    public Map<String, Tensor> state(DoubleTableFit fitted) {
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put("beta", Tensors.doubles(fitted.beta().values()));
        state.put("alpha", Tensors.doubles(fitted.alpha().values()));
        state.put("sigma", Tensors.doubles(new double[] {fitted.sigma()}));
        state.put("d", Tensors.doubles(new double[] {fitted.d()}));
        fitted.learnt().forEach((name, values) -> state.put(name, Tensors.doubles(values)));
        return state;
    }

    @Override
    public Findings findings(DoubleTableFit fitted) {
        return new DoubleFindings(config, fitted).findings();
    }
}
