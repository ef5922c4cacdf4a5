package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.toDoubles;
import static org.counterweight.engine.Tensors.toLongs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.balance.ClassBalancedLoss;
import org.counterweight.balance.ClassCounts;
import org.counterweight.balance.LogitAdjustment;
import org.counterweight.balance.LongTail;
import org.counterweight.balance.MaxNorm;
import org.counterweight.balance.OneVsOne;
import org.counterweight.balance.Shrinkage;
import org.counterweight.balance.SimplexEtf;
import org.counterweight.balance.TauNorm;
import org.counterweight.balance.audit.FeatureFigures;
import org.counterweight.balance.stage.HeadTraining;
import org.counterweight.balance.stage.MaxNormConfig;
import org.counterweight.balance.stage.SecondStage;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.part.LinearHead;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.measure.BalancedAccuracy;
import org.counterweight.train.measure.Confusion;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.train.measure.MetricConfig;
import org.counterweight.train.measure.ShotAccuracy;
import org.counterweight.train.objective.Objective;

final class WeightBalancingOps {
    static final Map<String, Op> ALL = Map.of(
            "lt_sampling", WeightBalancingOps::sampling,
            "cb_loss", WeightBalancingOps::classBalanced,
            "logit_adjust", WeightBalancingOps::adjust,
            "one_vs_one_adjust", WeightBalancingOps::oneVsOne,
            "head_regularize", WeightBalancingOps::regularize,
            "one_stage_objective", WeightBalancingOps::oneStage,
            "feature_metrics", WeightBalancingOps::features,
            "shot_accuracy", WeightBalancingOps::shots,
            "stage2_train", WeightBalancingOps::secondStage);

    private WeightBalancingOps() {}

    private static double number(GoldenCase golden, String name) {
        return golden.params().required(name).asDouble();
    }

    private static int whole(GoldenCase golden, String name) {
        return golden.params().required(name).asInt();
    }

    private static <E extends Enum<E>> E word(Class<E> type, GoldenCase golden, String name) {
        return Enum.valueOf(type, golden.params().required(name).asString().toUpperCase(Locale.ROOT));
    }

    private static Tensor one(double value) {
        return doubles(new double[] {value});
    }

    private static Tensor one(Tensor scalar) {
        return scalar.detach().reshape(1);
    }

    private static ClassCounts counts(GoldenCase golden, String name) {
        return ClassCounts.of(toDoubles(golden.in(name)));
    }

    private static Map<String, Tensor> sampling(GoldenCase golden) {
        var tail = new LongTail(
                number(golden, "imbalance_factor"),
                word(LongTail.Shape.class, golden, "type"),
                word(LongTail.Rounding.class, golden, "rounding"),
                whole(golden, "holdout_per_class"));
        LongTail.Kept kept = tail.of(toLongs(golden.in("labels")), whole(golden, "num_classes"));
        return Map.of(
                "counts", longs(kept.counts()),
                "train_idx", longs(IntStream.of(kept.train()).asLongStream().toArray()),
                "valid_idx", longs(IntStream.of(kept.valid()).asLongStream().toArray()));
    }

    private static ClassBalancedLoss loss(GoldenCase golden) {
        return new ClassBalancedLoss(
                word(ClassBalancedLoss.Form.class, golden, "loss_type"),
                number(golden, "beta"),
                golden.params().path("gamma").asDouble(0));
    }

    private static Map<String, Tensor> classBalanced(GoldenCase golden) {
        ClassBalancedLoss form = loss(golden);
        ClassCounts counts = counts(golden, "counts");
        Tensor weights = counts.weights(form.beta());
        Tensor logits = golden.in("logits").requires_grad_(true);
        Tensor loss = form.perRow(logits, golden.in("labels"), weights).mean();
        return Map.of(
                "loss", one(loss),
                "per_sample",
                        form.perSample(logits, golden.in("labels"), weights).detach(),
                "class_weights", weights,
                "effective_number", counts.effective(form.beta()),
                "grad.logits", gradients(loss, false, logits)[0]);
    }

    private static Map<String, Tensor> adjust(GoldenCase golden) {
        var adjustment = new LogitAdjustment(word(LogitAdjustment.Mode.class, golden, "mode"), number(golden, "tau"));
        Tensor prior = counts(golden, "counts").logPrior();
        boolean training = golden.params().required("phase").asString().equals("train");
        Tensor logits = training
                ? adjustment.inTraining(golden.in("logits"), prior)
                : adjustment.afterTraining(golden.in("logits"), prior);
        return Map.of("logits", logits, "log_prior", prior);
    }

    private static Map<String, Tensor> oneVsOne(GoldenCase golden) {
        return Map.of(
                "scores",
                OneVsOne.of(
                                counts(golden, "counts"),
                                number(golden, "tau"),
                                golden.inputs().get("feature_norms"))
                        .scores(golden.in("logits")));
    }

    private static Map<String, Tensor> regularize(GoldenCase golden) {
        Tensor weight = golden.in("weight");
        double p = golden.params().path("p").asDouble(2);
        return switch (golden.params().required("kind").asString()) {
            case "maxnorm_relative" ->
                within(MaxNorm.relative(golden.in("reference_weight"), number(golden, "fraction"), p), weight);
            case "maxnorm_absolute" -> within(new MaxNorm(number(golden, "threshold"), p), weight);
            case "tau", "tau_norm" ->
                Map.of(
                        "weight",
                        new TauNorm(
                                        number(golden, "tau"),
                                        p,
                                        golden.params().path("target_norm").asDouble(1),
                                        golden.params().path("norm_rate").asDouble(1))
                                .of(weight));
            default -> throw new IllegalArgumentException("unknown kind " + golden.params());
        };
    }

    private static Map<String, Tensor> within(MaxNorm ball, Tensor weight) {
        return Map.of("threshold", one(ball.radius()), "weight", ball.project(weight));
    }

    private static Map<String, Tensor> oneStage(GoldenCase golden) {
        Tensor a = golden.in("A").requires_grad_(true);
        Tensor a0 = golden.in("a0").requires_grad_(true);
        Tensor bias = golden.in("bias").requires_grad_(true);
        boolean trained = golden.params().required("train_etf_norm").asBoolean();
        Tensor etf = SimplexEtf.of(golden.in("U"));
        Tensor norms = SimplexEtf.norms(Math.toIntExact(etf.size(0)), number(golden, "etf_norm_rate"))
                .requires_grad_(trained);
        Tensor h = Tensors.linear(golden.in("x"), a, a0);
        Tensor logits = new LinearHead(etf.mul(norms), bias).logits(h);
        var trainables = new LinkedHashMap<String, Tensor>(Map.of("A", a, "a0", a0, "bias", bias));
        if (trained) {
            trainables.put("weight_norm", norms);
        }
        Tensor ce = new ClassBalancedLoss(ClassBalancedLoss.Form.SOFTMAX, 0, 0)
                .perRow(logits, golden.in("labels"), torch.ones_like(bias.detach()))
                .mean();
        Tensor loss = ce.add(Shrinkage.ofWeights(trainables.values(), number(golden, "weight_decay")))
                .add(Shrinkage.ofFeatures(h, number(golden, "feature_reg")));
        var out = new LinkedHashMap<String, Tensor>();
        out.put("etf", etf);
        out.put("weight_norm", norms.detach());
        out.put("features", h.detach());
        out.put("logits", logits.detach());
        out.put("ce", one(ce));
        out.put("wd", one(Shrinkage.ofWeights(trainables.values(), 1)));
        out.put("fr", one(Shrinkage.ofFeatures(h, 1)));
        out.put("loss", one(loss));
        Tensor[] found = gradients(loss, false, trainables.values().toArray(Tensor[]::new));
        List<String> names = List.copyOf(trainables.keySet());
        for (int i = 0; i < found.length; i++) {
            out.put("grad." + names.get(i), found[i]);
        }
        return out;
    }

    private static Map<String, Tensor> features(GoldenCase golden) {
        FeatureFigures figures = FeatureFigures.of(
                golden.in("features"),
                golden.in("labels"),
                new LinearHead(golden.in("weight"), golden.inputs().get("bias")),
                word(FeatureFigures.Solver.class, golden, "fdr_solver"),
                golden.params().path("pinv_rcond").asDouble(FeatureFigures.RCOND));
        var out = new LinkedHashMap<String, Tensor>();
        out.put("class_means", figures.means());
        out.put("trace_sw", one(figures.traceWithin()));
        out.put("trace_sb", one(figures.traceBetween()));
        out.put("fdr", one(figures.discriminantRatio()));
        out.put("nc1", one(figures.collapse().nc1()));
        out.put("nc2_equinorm_means", one(figures.collapse().meansEquinorm()));
        out.put("nc2_equinorm_weights", one(figures.collapse().weightsEquinorm()));
        out.put("nc2_equiangle_means", one(figures.collapse().meansEquiangle()));
        out.put("nc2_equiangle_weights", one(figures.collapse().weightsEquiangle()));
        out.put("nc3", one(figures.collapse().nc3()));
        out.put("nc4", one(figures.collapse().nc4()));
        out.put("cos_all_mean", one(figures.cosines().allMean()));
        out.put("cos_same_mean", one(figures.cosines().sameMean()));
        out.put("cos_same_var", one(figures.cosines().sameVariance()));
        out.put("cos_cross_mean", one(figures.cosines().crossMean()));
        out.put("cos_cross_var", one(figures.cosines().crossVariance()));
        out.put("hoyer_mean", one(figures.hoyer()));
        return out;
    }

    private static Map<String, Tensor> shots(GoldenCase golden) {
        List<Double> counts = counts(golden, "train_counts").list();
        Tensor answers = torch.one_hot(golden.in("preds"), counts.size()).to(ScalarType.Double);
        var losses = new Objective.Losses(answers, golden.in("labels"), answers);
        var batch = new Batch(Map.of(Batch.LABELS, golden.in("labels")));
        Map<String, Double> groups = figures(
                new ShotAccuracy(whole(golden, "many_threshold"), whole(golden, "few_threshold")),
                counts,
                losses,
                batch);
        Map<String, Double> all = figures(new BalancedAccuracy(), counts, losses, batch);
        return Map.of(
                "many", one(groups.getOrDefault("many_shot", 0.0)),
                "medium", one(groups.getOrDefault("medium_shot", 0.0)),
                "few", one(groups.getOrDefault("few_shot", 0.0)),
                "all", one(Objects.requireNonNull(all.get("balanced_accuracy"))),
                "per_class",
                        doubles(
                                confusion(toLongs(golden.in("labels")), toLongs(golden.in("preds")), counts.size())
                                        .perClass()
                                        .stream()
                                        .mapToDouble(Confusion.PerClass::recall)
                                        .toArray()));
    }

    private static Map<String, Double> figures(
            MetricConfig config, List<Double> counts, Objective.Losses losses, Batch batch) {
        var metric = config.create(counts);
        metric.add(losses, batch);
        return metric.figures();
    }

    private static Confusion confusion(long[] labels, long[] guesses, int classes) {
        long[][] table = new long[classes][classes];
        for (int i = 0; i < labels.length; i++) {
            table[(int) labels[i]][(int) guesses[i]]++;
        }
        return new Confusion(
                IntStream.range(0, classes).mapToObj(String::valueOf).toList(), table);
    }

    private static Map<String, Tensor> secondStage(GoldenCase golden) {
        int size = whole(golden, "batch_size");
        var settings = new SecondStage(
                whole(golden, "epochs"),
                size,
                number(golden, "base_lr"),
                number(golden, "momentum"),
                number(golden, "weight_decay"),
                loss(golden),
                new MaxNormConfig(
                        number(golden, "maxnorm_fraction"),
                        null,
                        2,
                        word(MaxNormConfig.Every.class, golden, "project_every")),
                SecondStage.Draw.EACH,
                false,
                SecondStage.Learns.HEAD);
        double[] losses = new double[settings.epochs()];
        double[] rates = new double[settings.epochs()];
        var start = new LinearHead(golden.in("weight"), golden.in("bias"));
        try (var training = new HeadTraining(
                settings,
                start,
                counts(golden, "counts").weights(settings.loss().beta()))) {
            for (int e = 0; e < losses.length; e++) {
                rates[e] = settings.lr() * settings.factor(e);
                losses[e] = training.epoch(
                        e,
                        new HeadFeatures(golden.in("features"), golden.in("labels")),
                        cut(golden.in("order").select(0, e), size));
            }
            LinearHead trained = training.head().copy();
            return Map.of(
                    "weight", trained.weight(),
                    "bias", Objects.requireNonNull(trained.bias()),
                    "loss", doubles(losses),
                    "lr", doubles(rates),
                    "threshold", one(Objects.requireNonNull(training.radius())));
        }
    }

    private static List<Tensor> cut(Tensor order, int size) {
        var batches = new ArrayList<Tensor>();
        for (long from = 0; from < order.size(0); from += size) {
            batches.add(slice(order, 0, from, Math.min(order.size(0), from + size)));
        }
        return batches;
    }
}
