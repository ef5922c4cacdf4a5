package org.counterweight.balance.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.ClassCounts;
import org.counterweight.balance.LogitAdjustment;
import org.counterweight.balance.adjust.AdjustConfig;
import org.counterweight.balance.stage.EtfHead;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.train.measure.MetricConfig;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.Section;
import org.counterweight.weights.Staged;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Weight Balancing inside a run: the first stage is the run itself with another loss, decay and head; what follows it begins
 * when the run's best weights are in place, and ends with a plain head in them. It depends on the seed and on these weights
 * alone, so that a resumed run ends with the same numbers.
 */
final class Balancing implements TrainingEvents, PartReport {
    static final String FILE = "balance.json";

    private static final int ROWS = 64; // at a time, where features are computed

    private final BalanceConfig config;
    private final Run run;
    private final ClassRows rows;
    private final ClassCounts counts;
    private final String head;
    private final @Nullable EtfHead etf;
    private @Nullable BalanceFigures figures;

    private Balancing(BalanceConfig config, Run run, String head, @Nullable EtfHead etf) {
        this.config = config;
        this.run = run;
        this.rows = rows(run);
        this.counts = counts(run);
        this.head = head;
        this.etf = etf;
    }

    private static ClassRows rows(Run run) {
        ClassRows rows = run.classes();
        if (rows == null) {
            throw new ConfigException(
                    "balance weighs classes by their rows, and the rows of this run have none; leave it"
                            + " out, or take a task that tells classes");
        }
        return rows;
    }

    private static ClassCounts counts(Run run) {
        ClassRows rows = rows(run);
        return ClassCounts.of(rows.counts(), rows.learnt().labelNames());
    }

    /** Refuses what the model and the rows tell to be wrong. */
    static void check(BalanceConfig config, Run run) {
        counts(run);
        String head = LinearHead.name(run.task().model(), "balance");
        Params params = run.task().params();
        AdjustConfig adjust = config.adjust();
        if (adjust != null && adjust.when() == AdjustConfig.When.AFTER) {
            if (adjust.mode() == LogitAdjustment.Mode.ADDITIVE && !params.has(head + ".bias")) {
                throw new ConfigException("balance.adjust: additive is kept in the head's bias, and " + head
                        + " has none; take mode: multiplicative");
            }
            if (adjust.tau() == null && run.task().evaluator() == null) {
                throw new ConfigException(
                        "balance.adjust.tau is found on rows to choose by, and there are none; give it");
            }
        }
        Tensor weight = params.weight(head + ".weight");
        if (config.etf() != null && weight.size(1) < weight.size(0)) {
            throw new ConfigException(
                    "balance.etf needs as many features as classes, and this model has " + weight.size(1)
                            + " features for " + weight.size(0) + " classes; leave it out, or take a wider model");
        }
    }

    static Run joined(BalanceConfig config, Run run) {
        check(config, run);
        ClassCounts counts = counts(run);
        String head = LinearHead.name(run.task().model(), "balance");
        Seed seed = new Seed(run.config().seed()).child("balance");
        EtfHead etf = config.etf() == null
                ? null
                : EtfHead.in(run.task().params(), head, config.etf(), counts, seed.child("etf"));
        Params params = etf == null ? run.task().params() : etf.params();
        if (config.normalizeFeatures()) {
            withoutBias(params, head);
        }
        AdjustConfig adjust = config.adjust();
        boolean inTraining = adjust != null && adjust.when() == AdjustConfig.When.TRAINING;
        var objective = new BalancedObjective(
                run.task().objective(),
                config.loss().of(counts),
                head,
                inTraining ? Objects.requireNonNull(adjust).inTraining() : null,
                counts,
                config.featureDecay(),
                config.normalizeFeatures());
        TrainConfig settings = FirstStage.settings(
                config, run.config(), run.task().model(), params.trainables().keySet());
        Task given = run.task();
        Evaluator evaluator = given.evaluator();
        Task task = new Task(
                given.model(),
                params,
                given.data(),
                objective,
                given.weigher(),
                given.regularizers(),
                given.events(),
                evaluator == null ? null : evaluator.with(added(settings, run.config()), counts.list()));
        Run balanced = run.with(task).with(settings);
        return balanced.with(task.with((TrainingEvents) new Balancing(config, balanced, head, etf)));
    }

    /** What is learnt on features of length 1 holds of those of any length only where nothing is added to them. */
    private static void withoutBias(Params params, String head) {
        Tensor bias = params.weights().get(head + ".bias");
        if (bias != null) {
            try (var off = Tensors.noGrad()) {
                bias.requires_grad_(false).zero_();
            }
        }
    }

    /** The metrics that there were not before. */
    private static List<MetricConfig> added(TrainConfig now, TrainConfig before) {
        return now.metrics().subList(before.metrics().size(), now.metrics().size());
    }

    @Override
    public void atEnd() {
        try (var scope = Scope.open()) {
            if (etf != null) {
                etf.fold();
            }
            Task task = run.task();
            var live = new LinearHead(
                    Objects.requireNonNull(task.params().weights().get(head + ".weight")),
                    task.params().weights().get(head + ".bias"));
            var seen = new BalanceFigures.Seen(
                    features(BatchSource.byLength(rows.learnt(), Batching.of(ROWS))),
                    task.evaluator() == null ? null : features(task.evaluator().data()),
                    rows.judged() == null ? null : features(rows.judged().data()));
            Stages stages = Stages.of(
                    config,
                    new LinearHead(
                                    live.weight().cpu(),
                                    live.bias() == null ? null : live.bias().cpu())
                            .copy(),
                    seen.learnt(),
                    seen.chosen(),
                    counts,
                    new Seed(run.config().seed()).child("balance").child("second"));
            live.take(stages.heads().get(stages.heads().size() - 1).head());
            figures = BalanceFigures.of(
                    config, stages, seen, counts, rows.learnt().labelNames());
        }
    }

    private HeadFeatures features(BatchSource batches) {
        return HeadFeatures.of(run.task().model(), run.task().params(), batches, rows.weight());
    }

    @Override
    public String announcement() {
        double most =
                counts.list().stream().mapToDouble(Double::doubleValue).max().orElse(0);
        double least =
                counts.list().stream().mapToDouble(Double::doubleValue).min().orElse(0);
        return String.format(
                Locale.ROOT,
                "balancing %d classes of %,.0f to %,.0f rows%s; the best epoch is told by %s",
                counts.classes(),
                least,
                most,
                config.second() == null
                        ? " in one stage"
                        : ", the head trained on for " + config.second().epochs() + " epochs",
                run.config().bestBy());
    }

    @Override
    public List<String> warnings() {
        return figures == null ? List.of() : figures.warnings();
    }

    @Override
    public List<Section> sections() {
        return figures == null ? List.of() : new BalanceSections(figures, config.shots(), head).all();
    }

    @Override
    public void write(Path directory) {
        if (figures == null) {
            return;
        }
        Path file = directory.resolve(FILE);
        ObjectNode tree = Configs.JSON.createObjectNode();
        tree.put("method", "weight_balancing");
        tree.set("config", Configs.tree(config));
        ObjectNode said = Configs.JSON.valueToTree(figures);
        tree.setAll(said);
        try (Staged staged = Staged.file(file)) {
            Files.writeString(staged.path(), tree.toPrettyString() + "\n");
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
