package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.fairness.CellRatio;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;
import org.counterweight.shift.fairness.FairnessMetrics;
import org.counterweight.shift.fairness.Resampling;
import org.counterweight.shift.fairness.batch.BatchShares;
import org.counterweight.shift.fairness.batch.CellLosses;
import org.counterweight.shift.fairness.batch.FairBatchConfig;
import org.counterweight.shift.fairness.batch.FairBatches;
import org.counterweight.shift.fairness.batch.FairTarget;
import org.counterweight.shift.fairness.batch.FairTraining;
import org.counterweight.shift.fairness.batch.Wrap;
import org.counterweight.shift.fairness.constraint.CovarianceConstraint;
import org.counterweight.shift.fairness.constraint.ExponentiatedGradient;
import org.counterweight.shift.fairness.constraint.FairConstraint;
import org.counterweight.shift.fairness.constraint.FairGame;
import org.counterweight.shift.fairness.constraint.FiniteLearner;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.JsonNode;

final class FairCorrelationOps {
    static final Map<String, Op> ALL = Map.ofEntries(
            Map.entry("cell_stats", FairCorrelationOps::cellStats),
            Map.entry("solve_ratio", FairCorrelationOps::solveRatio),
            Map.entry("sampling", FairCorrelationOps::sampling),
            Map.entry("fairbatch_lambda", FairCorrelationOps::shares),
            Map.entry("fairbatch_batches", FairCorrelationOps::batches),
            Map.entry("fair_train", FairCorrelationOps::train),
            Map.entry("fairness_metrics", FairCorrelationOps::metrics),
            Map.entry("fc_train", FairCorrelationOps::covariance),
            Map.entry("dp_bound", FairCorrelationOps::parityBound),
            Map.entry("reweighing", FairCorrelationOps::reweighing),
            Map.entry("expgrad_finite", FairCorrelationOps::exponentiated));

    private FairCorrelationOps() {}

    private static Tensor one(double value) {
        return doubles(new double[] {value});
    }

    private static double number(GoldenCase golden, String name) {
        return golden.params().required(name).asDouble();
    }

    private static double number(GoldenCase golden, String name, double otherwise) {
        JsonNode value = golden.params().path(name);
        return value.isNumber() ? value.asDouble() : otherwise;
    }

    private static Cells cells(GoldenCase golden) {
        return Cells.of(golden.in("y"), golden.in("z"));
    }

    private static CellShares given(GoldenCase golden, String name) {
        return CellShares.of(Tensors.toDoubles(golden.in(name)));
    }

    private static FairTarget target(GoldenCase golden) {
        return FairTarget.valueOf(
                golden.params().path("target").asString("eqodds").toUpperCase(Locale.ROOT));
    }

    private static Wrap wrap(GoldenCase golden) {
        return Wrap.valueOf(golden.params().path("wrap").asString("exact").toUpperCase(Locale.ROOT));
    }

    private static Map<String, Tensor> cellStats(GoldenCase golden) {
        CellShares w = cells(golden).shares();
        return Map.of(
                "w", doubles(w.toArray()),
                "corr", one(w.correlation()),
                "pearson", one(w.pearson()),
                "p_y1", one(w.positive()),
                "p_z1", one(w.one()));
    }

    private static Map<String, Tensor> solveRatio(GoldenCase golden) {
        CellShares w = given(golden, "w");
        var tolerance = new CellRatio.Tolerance(number(golden, "gamma_y"), number(golden, "gamma_z"));
        CellRatio found = golden.params().has("corr")
                ? CellRatio.of(w, number(golden, "corr"), tolerance)
                : CellRatio.of(w, number(golden, "corr_low"), number(golden, "corr_high"), tolerance);
        return Map.of(
                "w_new", doubles(found.after().toArray()),
                "objective", one(found.objective()),
                "corr", one(found.after().correlation()),
                "max_keep", one(found.kept()));
    }

    private static Map<String, Tensor> sampling(GoldenCase golden) {
        Cells cells = cells(golden);
        Resampling found = Resampling.of(cells.counts(), given(golden, "w_new"));
        return Map.of(
                "example_weight", cells.spread(found.weights()),
                "cell_count", longs(found.counts()),
                "keep_count", longs(found.kept()),
                "corr_after", one(found.after().correlation()));
    }

    private static Map<String, Tensor> shares(GoldenCase golden) {
        Cells cells = cells(golden);
        CellLosses losses = CellLosses.ofLogits(golden.in("logit"), cells);
        double[] before = Tensors.toDoubles(golden.in("lambda"));
        BatchShares initial = BatchShares.initial(cells.shares());
        BatchShares next = new BatchShares(before[0], before[1])
                .next(target(golden), losses, number(golden, "alpha"), number(golden, "knob", 1));
        return Map.of(
                "lambda_initial", pair(initial),
                "lambda", pair(next),
                "cell_loss_eo", doubles(losses.odds()),
                "cell_loss_dp", doubles(losses.parity()));
    }

    private static Tensor pair(BatchShares shares) {
        return doubles(new double[] {shares.positive(), shares.negative()});
    }

    private static Map<String, Tensor> batches(GoldenCase golden) {
        Cells cells = cells(golden);
        double[] lambda = Tensors.toDoubles(golden.in("lambda"));
        int size = golden.params().required("batch_size").asInt();
        int[] sizes = new BatchShares(lambda[0], lambda[1]).sizes(target(golden), cells.counts(), size);
        int[][] shuffled = {
            ints(golden.in("perm_y1z1")),
            ints(golden.in("perm_y1z0")),
            ints(golden.in("perm_ym1z1")),
            ints(golden.in("perm_ym1z0"))
        };
        int count = cells.size() / size;
        int width = Arrays.stream(sizes).sum();
        return Map.of(
                "sizes", longs(Arrays.stream(sizes).asLongStream().toArray()),
                "batches", padded(new FairBatches(sizes, count, wrap(golden)).deal(shuffled), width),
                "batches_exact_wrap", padded(new FairBatches(sizes, count, Wrap.EXACT).deal(shuffled), width));
    }

    private static int[] ints(Tensor tensor) {
        return Arrays.stream(Tensors.toLongs(tensor)).mapToInt(Math::toIntExact).toArray();
    }

    private static Tensor padded(List<int[]> batches, int width) {
        long[] all = new long[batches.size() * width];
        Arrays.fill(all, -1);
        for (int i = 0; i < batches.size(); i++) {
            for (int j = 0; j < batches.get(i).length; j++) {
                all[i * width + j] = batches.get(i)[j];
            }
        }
        return longs(all, batches.size(), width);
    }

    private static Map<String, Tensor> train(GoldenCase golden) {
        Cells cells = cells(golden);
        var fairbatch = new FairBatchConfig(
                target(golden), number(golden, "alpha"), number(golden, "knob", 1), wrap(golden), false, null, null);
        var settings = new FairTraining.Settings(
                fairbatch,
                golden.params().required("batch_size").asInt(),
                number(golden, "lr"),
                golden.params().required("epochs").asInt());
        Map<String, Tensor> start = Map.of("weight", golden.in("weight"), "bias", golden.in("bias"));
        var out = new LinkedHashMap<String, Tensor>();
        FairTraining found = FairTraining.run(golden.in("x"), cells, start, settings, (epoch, batches) -> {
            List<int[]> dealt = batches.deal(perCell(ints(golden.in("perms").select(0, epoch)), cells));
            if (epoch == 0) {
                firstGradients(golden, cells, dealt.get(0), out);
            }
            return dealt;
        });
        out.put("weight", found.weight());
        out.put("bias", found.bias());
        out.put(
                "lambda_trace",
                doubles(
                        found.trace().stream()
                                .flatMapToDouble(shares -> DoubleStream.of(shares.positive(), shares.negative()))
                                .toArray(),
                        found.trace().size(),
                        2));
        return out;
    }

    private static int[][] perCell(int[] permutation, Cells cells) {
        int[][] perCell = new int[4][];
        int from = 0;
        for (int k = 0; k < perCell.length; k++) {
            int length = Math.toIntExact(cells.counts()[k]);
            perCell[k] = Arrays.copyOfRange(permutation, from, from + length);
            from += length;
        }
        return perCell;
    }

    private static void firstGradients(GoldenCase golden, Cells cells, int[] batch, Map<String, Tensor> out) {
        Tensor weight = golden.in("weight").clone().requires_grad_(true);
        Tensor bias = golden.in("bias").clone().requires_grad_(true);
        FairTraining.loss(golden.in("x"), cells.spread(1, 1, -1, -1), weight, bias, batch)
                .backward();
        out.put("grad.weight", Scope.own(weight.grad()));
        out.put("grad.bias", Scope.own(bias.grad()));
    }

    private static Map<String, Tensor> metrics(GoldenCase golden) {
        FairnessMetrics found = FairnessMetrics.of(golden.in("logit"), cells(golden), number(golden, "threshold", 0));
        return Map.of(
                "accuracy", one(found.accuracy()),
                "dp_max_deviation", one(found.parityDeviation()),
                "eo_y0_max_deviation", one(found.negativeDeviation()),
                "eo_y1_max_deviation", one(found.positiveDeviation()),
                "eqodds_max_deviation", one(found.oddsDeviation()),
                "dp_gap", one(Math.abs(found.parityDifference())),
                "eopp_gap", one(Math.abs(found.opportunityDifference())),
                "eqodds_gap", one(found.oddsGap()));
    }

    private static Map<String, Tensor> covariance(GoldenCase golden) {
        Tensor y = golden.in("y").gt(Tensors.scalar(0)).to(ScalarType.Double);
        CovarianceConstraint found = CovarianceConstraint.fit(
                golden.in("x"),
                y,
                golden.in("z").to(ScalarType.Double),
                golden.params().path("constraint").asString("").equals("equal_opportunity"),
                number(golden, "cov_bound"),
                number(golden, "l2"));
        return Map.of("theta", found.theta(), "loss", one(found.loss()), "covariance", one(found.covariance()));
    }

    private static Map<String, Tensor> parityBound(GoldenCase golden) {
        CellShares w = given(golden, "w");
        return Map.of(
                "max_accuracy_exact_dp", one(w.parityBound(0)),
                "max_accuracy_tolerance", one(w.parityBound(number(golden, "dp_tolerance"))));
    }

    private static Map<String, Tensor> reweighing(GoldenCase golden) {
        CellShares w = cells(golden).shares();
        double[] weights = w.reweighing();
        return Map.of(
                "cell_weight",
                doubles(weights),
                "corr_after",
                one(w.weighted(weights).correlation()));
    }

    private static Map<String, Tensor> exponentiated(GoldenCase golden) {
        FairConstraint constraint = FairConstraint.valueOf(golden.params()
                .path("constraint")
                .asString("demographic_parity")
                .toUpperCase(Locale.ROOT));
        var game = new FairGame(cells(golden), constraint, number(golden, "eps"));
        FiniteLearner learner = FiniteLearner.of(game, golden.in("pred"));
        int rounds = golden.params().required("T").asInt();
        var found = ExponentiatedGradient.play(
                game,
                learner,
                new ExponentiatedGradient.Settings(number(golden, "B"), number(golden, "eta"), rounds, 0));
        double[] q = new double[learner.rates().size()];
        found.chosen().forEach(h -> q[h] += 1.0 / rounds);
        return Map.of(
                "choices", longs(found.chosen().stream().mapToLong(h -> h).toArray()),
                "q", doubles(q),
                "lambda_mean", doubles(found.lambda()),
                "gap", one(found.gap()),
                "error", one(found.error()),
                "violations", doubles(found.violations()));
    }
}
