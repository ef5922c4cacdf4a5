package org.counterweight.jobs.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.evaluate.Judged;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.predict.answer.Answers;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.Classes;
import org.counterweight.model.config.Problem;
import org.counterweight.train.measure.statistic.Weighted;
import org.counterweight.train.measure.uncertainty.Bootstrap;
import org.counterweight.train.measure.uncertainty.Interval;
import org.counterweight.weights.Staged;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a trained model tells of the rows to judge by.
 *
 * @param lines an object a row: its id or number, its text, the answer, and {@code truth} and {@code loss}; of a sentence its
 *     words, their tags as they are and as they are told, and the entities that these say
 * @param judged the same beside what is true; null of nodes of a target, of which that need not be known
 */
record Predictions(List<ObjectNode> lines, @Nullable Judged judged) {
    private static final int MANY = 20_000;
    private static final Bootstrap QUICK = new Bootstrap(200, 0.95, 0);

    /** Asks the model; null where nothing is told of single rows. */
    static @Nullable Predictions of(BaseModel base, Params params, Prepared rows) {
        if (rows.begun().isEmpty() || rows.labels().isEmpty()) {
            return null;
        }
        try (var scope = Scope.open()) {
            if (Classes.areToldOfTokens(base.config())) {
                return beside(rows.begun(), TaggedWords.of(rows).judged(base.model(), params));
            }
            Told told = told(base, params, rows);
            List<ObjectNode> lines =
                    Answers.of(base.config(), told.outputs(), rows.score(), rows.begun(), 0, Thresholds.NONE);
            return beside(lines, rows.others() == null ? judged(base, told, rows) : null);
        }
    }

    private static Predictions beside(List<ObjectNode> lines, @Nullable Judged judged) {
        for (int row = 0; judged != null && row < lines.size(); row++) {
            judged.tell(row, lines.get(row));
        }
        return new Predictions(lines, judged);
    }

    /**
     * What a model gives, and what is true.
     *
     * @param outputs {@code float32 [rows, outputs]}
     * @param truth {@code labels} of the rows' batches one after the other, as the rows are ordered
     * @param weights how many rows each stands for
     */
    private record Told(Tensor outputs, double[] truth, double[] weights) {}

    private static Told told(BaseModel base, Params params, Prepared rows) {
        Dataset test = rows.told();
        int width = rows.labels().size();
        int perRow = Problem.of(base.config()) == Problem.LABEL_SETS ? width : 1;
        double[] truth = new double[test.size() * perRow];
        double[] weights = Weighted.ones(test.size());
        try (var off = Tensors.noGrad()) {
            Tensor outputs = Tensors.zeros(test.size(), width);
            for (int[] numbers : Batching.reading(test, 64).byLength(test)) {
                try (var inner = Scope.open()) {
                    Batch batch = test.batch(numbers);
                    Tensor logits = base.model()
                            .forward(params, batch.to(params.device()), Pass.evaluation())
                            .logits();
                    outputs.index_copy_(0, batch.get(Batch.ROW), logits.cpu().to(ScalarType.Float));
                    Tensor each = batch.find(ColumnsSection.WEIGHT);
                    double[] given = each == null ? new double[0] : Tensors.toDoubles(each);
                    for (int i = 0; i < given.length; i++) {
                        weights[numbers[i]] = given[i];
                    }
                    Tensor labels = batch.find(Batch.LABELS);
                    double[] known = labels == null ? new double[0] : Tensors.toDoubles(labels);
                    for (int i = 0; i < known.length; i++) {
                        truth[numbers[i / perRow] * perRow + i % perRow] = known[i];
                    }
                }
            }
            return new Told(outputs, truth, weights);
        }
    }

    private static Judged judged(BaseModel base, Told told, Prepared rows) {
        return switch (Problem.of(base.config())) {
            case CLASSES ->
                Judged.classes(
                        rows.labels(),
                        Arrays.stream(told.truth())
                                .mapToInt(value -> (int) value)
                                .toArray(),
                        Tensors.toDoubles(told.outputs().softmax(1)),
                        Thresholds.NONE,
                        told.weights());
            case LABEL_SETS -> {
                boolean[] marks = new boolean[told.truth().length];
                IntStream.range(0, marks.length).forEach(i -> marks[i] = told.truth()[i] > 0.5);
                yield Judged.labelSets(
                        rows.labels(),
                        marks,
                        Tensors.toDoubles(told.outputs().sigmoid()),
                        Thresholds.NONE,
                        told.weights());
            }
            case SCORE ->
                Judged.scores(
                        inUnits(told.truth(), rows), inUnits(Tensors.toDoubles(told.outputs()), rows), told.weights());
        };
    }

    /** Scores as the file has them. */
    private static double[] inUnits(double[] scores, Prepared rows) {
        var how = rows.score();
        return how == null
                ? scores
                : Arrays.stream(scores)
                        .map(value -> how.mean() + how.deviation() * value)
                        .toArray();
    }

    /** How the figures would vary on other rows of the kind: rows are drawn, each with its weight. */
    Map<String, Interval> intervals() {
        Judged known = Objects.requireNonNull(judged);
        double[] weights = known.weights();
        int[] rows =
                IntStream.range(0, known.rows()).filter(row -> weights[row] > 0).toArray();
        Bootstrap bootstrap = rows.length > MANY ? QUICK : Bootstrap.usual();
        return bootstrap.intervals(
                rows.length,
                drawn -> known.figures(IntStream.of(drawn).map(at -> rows[at]).toArray()));
    }

    /** Writes them, a line each, whole or not at all. */
    void write(Path file) throws IOException {
        try (Staged staged = Staged.file(file)) {
            Files.write(staged.path(), lines.stream().map(ObjectNode::toString).toList());
            staged.commit();
        }
    }
}
