package org.counterweight.shift.doubleweighting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.EffectiveSize;
import org.counterweight.shift.Findings;
import org.counterweight.shift.Gathered;
import org.counterweight.shift.Role;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.Side;
import org.counterweight.shift.Source;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.WeightSpread;
import org.counterweight.shift.Weights;
import org.jspecify.annotations.Nullable;

/** Double-weighting of two tables; with labels also the classifier that goes with the weights, and its guaranteed risk. */
record DoubleWeigher(DoubleWeightingConfig config) implements TableWeigher<DoubleTableFit> {
    static final String BETA = "weight";
    static final String ALPHA = "confidence";
    private static final double SMALL = 0.02; // of the rows, as an effective size

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

    /** argmax over y of Φ(x, y) μ, which does not depend on α. */
    private static long @Nullable [] labels(
            @Nullable DoubleWeighting learning, @Nullable DoubleFit fit, Gathered deployed) {
        if (learning == null || fit == null) {
            return null;
        }
        Tensor joint = learning.encoding().joint(learning.features().of(deployed.features()), learning.labels());
        var scores = new LabelRows(joint).scores(fit.classifier().mu());
        return Tensors.toLongs(scores.argmax(new LongOptional(1), false));
    }

    private DoubleTableFit fit(
            TableKernel kernel,
            DoubleWeights weights,
            double d,
            List<DoubleTableFit.Tried> tried,
            long @Nullable [] predictions,
            long[] trainIds,
            long[] deployedIds) {
        double[] beta = byNumber(trainIds, Tensors.toDoubles(weights.beta()));
        double[] alpha = byNumber(deployedIds, Tensors.toDoubles(weights.alpha()));
        double highest = config.limits(d).highest();
        return new DoubleTableFit(
                d,
                kernel.sigma(),
                kernel.exact(),
                beta,
                alpha,
                weights.objective(),
                weights.gap(),
                weights.converged(),
                WeightSpread.of(beta),
                WeightSpread.of(alpha),
                highest,
                Arrays.stream(beta).filter(w -> w >= highest * (1 - 1e-6)).count(),
                Arrays.stream(alpha).filter(w -> w < 0.5).count(),
                kernel.alone(),
                kernel.repeats(),
                List.copyOf(tried),
                predictions);
    }

    /** The weights in the order of the rows' numbers, however the rows came. */
    private static double[] byNumber(long[] ids, double[] weights) {
        double[] sorted = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            sorted[Math.toIntExact(ids[i])] = weights[i];
        }
        return sorted;
    }

    @Override
    public List<String> columns(Side side) {
        return List.of(side == Side.SOURCE ? BETA : ALPHA);
    }

    @Override
    public Weights apply(DoubleTableFit fitted, Side side, Chunk rows) {
        double[] all = side == Side.SOURCE ? fitted.beta() : fitted.alpha();
        double[] weights = new double[rows.size()];
        double[] each = new double[rows.size()];
        double[] none = new double[rows.size()];
        Arrays.fill(each, 1);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = all[Math.toIntExact(rows.ids()[i])];
        }
        Weights.Compared compared = side == Side.SOURCE
                ? new Weights.Compared(each, weights, none, none)
                : new Weights.Compared(none, none, each, weights);
        Map<String, double[]> columns = new LinkedHashMap<>();
        columns.put(side == Side.SOURCE ? BETA : ALPHA, weights);
        return new Weights(columns, null, compared);
    }

    @Override
    public Findings findings(DoubleTableFit fitted) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("D", fitted.d());
        figures.put("width of the kernel", fitted.sigma());
        figures.put("objective", fitted.objective());
        figures.put("duality gap", fitted.gap());
        figures.put("effective training rows", fitted.ofBeta().effective());
        figures.put("effective rows of the deployment", fitted.ofAlpha().effective());
        figures.put("weights at their bound", (double) fitted.atBound());
        figures.put("training rows of weight 0", (double)
                Arrays.stream(fitted.beta()).filter(w -> w == 0).count());
        figures.put("rows of the deployment with a confidence below 0.5", (double) fitted.doubtful());
        var tables = new ArrayList<Findings.Table>();
        if (!fitted.tried().isEmpty()) {
            figures.put("guaranteed risk", risk(fitted));
            tables.add(table(fitted));
        }
        if (fitted.predictions() != null) {
            tables.add(predicted(fitted.predictions()));
        }
        String rule = config.sigma() != null
                ? "as given"
                : "by " + config.bandwidth().name().toLowerCase(Locale.ROOT);
        return new Findings(
                "Training rows are weighted towards the deployment (its density is the numerator), up to a bound; rows"
                        + " of the deployment get the confidence that is left. Kernel exp(-|x - x'|^2 / (2 sigma^2)),"
                        + " sigma "
                        + String.format(Locale.ROOT, "%.4f ", fitted.sigma()) + rule
                        + (fitted.exact() ? "." : ", through " + 2 * config.kernelPairs() + " random features."),
                figures,
                tables,
                List.of(),
                warnings(fitted),
                List.of());
    }

    private static double risk(DoubleTableFit fitted) {
        return fitted.tried().stream()
                .filter(tried -> tried.d() == fitted.d())
                .mapToDouble(DoubleTableFit.Tried::risk)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static Findings.Table table(DoubleTableFit fitted) {
        return new Findings.Table(
                "The guarantee",
                "R(U), the worst risk of the classifier over all distributions with the expectations that were found;"
                        + " with several D, the least was taken.",
                List.of(
                        "D",
                        "Guaranteed risk",
                        "Sum of confidences",
                        "Effective training rows",
                        "Effective deployed rows"),
                fitted.tried().stream()
                        .map(tried -> List.of(
                                String.format(Locale.ROOT, "%.4g", tried.d()),
                                String.format(Locale.ROOT, "%.4f", tried.risk()),
                                String.format(Locale.ROOT, "%.4g", tried.lambda()),
                                String.format(Locale.ROOT, "%.1f", tried.effectiveTraining()),
                                String.format(Locale.ROOT, "%.1f", tried.effectiveDeployed())))
                        .toList());
    }

    private static Findings.Table predicted(long[] predictions) {
        Map<Long, Long> counts = new TreeMap<>();
        for (long label : predictions) {
            counts.merge(label, 1L, Long::sum);
        }
        return new Findings.Table(
                "What the classifier says of the deployment",
                "Labels by their number.",
                List.of("Label", "Rows"),
                counts.entrySet().stream()
                        .map(entry -> List.of(
                                entry.getKey().toString(), entry.getValue().toString()))
                        .toList());
    }

    private static List<String> warnings(DoubleTableFit fitted) {
        var warnings = new ArrayList<String>();
        int t = fitted.alpha().length;
        if (!fitted.converged()) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "The solver stopped early: the objective may lie up to %.2g above the least.",
                    fitted.gap()));
        }
        if (fitted.alone() > 0) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "%,d of %,d rows of the deployment have no training row within three widths of the kernel: no"
                            + " weights make up for that.%s",
                    fitted.alone(),
                    t,
                    fitted.alone() == t ? " The tables do not overlap at all." : ""));
        }
        double share = fitted.ofBeta().effective() / fitted.beta().length;
        if (share < SMALL) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "The weighted training rows tell as much as %.1f rows would; a larger D spreads the weights.",
                    fitted.ofBeta().effective()));
        }
        if (fitted.repeats()) {
            warnings.add("Some rows are the same: how a weight is divided between them is arbitrary.");
        }
        return warnings;
    }
}
