package org.counterweight.jobs.evaluate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.image.IdxLabels;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.table.written.Written;
import org.counterweight.data.text.tag.SentenceFile;
import org.counterweight.data.text.tag.TaggedSentences;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.predict.Entities;
import org.counterweight.jobs.predict.Predictor;
import org.counterweight.jobs.predict.Scoring;
import org.counterweight.jobs.predict.answer.Scored;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.model.config.Problem;
import org.counterweight.train.measure.statistic.Weighted;
import org.counterweight.train.measure.uncertainty.Bootstrap;
import org.counterweight.train.measure.uncertainty.Interval;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Judges a model by a file of rows with what is true of them, or by images: a directory with one of pictures for each class, or an idx
 * file with its labels beside it.
 *
 * @param model its directory, for messages
 * @param predictor asks it
 * @param questions the rows, of which there is a file or a directory
 * @param called what that is called
 * @param label column of what is true; of pictures, the name of their directory says it, of an idx file that of its labels
 * @param group column by which figures are told apart, or null
 * @param weight column of how many rows each row stands for, or null
 * @param bootstrap how intervals are found; null for none
 * @param choice how thresholds are chosen on these rows before they are judged; null to take those that lie beside the model
 */
public record EvaluateJob(
        Path model,
        Predictor predictor,
        Questions questions,
        Path called,
        String label,
        @Nullable String group,
        @Nullable String weight,
        @Nullable Bootstrap bootstrap,
        @Nullable ThresholdChoice choice) {
    /** Of fewer rows no interval means anything. */
    private static final int LEAST_ROWS = 10;

    /**
     * Asks the model and judges its answers.
     *
     * @param remarks takes what was assumed, a line each
     * @throws ConfigException if the model gives no classes and no scores
     * @throws DataException if what is true of a row is not known, or is nothing that the model could tell
     */
    public Evaluated run(Consumer<String> remarks) {
        if (predictor instanceof Entities tagger) {
            return tags(tagger, remarks);
        }
        if (!(predictor instanceof Scoring scoring)) {
            throw new ConfigException(model
                    + ": tells words, and neither classes nor scores, so that no column can be held against its"
                    + " answers; cw run teaches it classes, and cw predict --perplexity judges a decoder");
        }
        var keep = new ArrayList<String>();
        if (group != null) {
            keep.add(group);
        }
        if (weight != null) {
            if (isPictures()) {
                throw new ConfigException("--weight: \"" + weight + "\" is to be a column, and " + called
                        + " holds pictures without any; leave it out");
            }
            keep.add(weight);
        }
        return scoring.ask(
                config -> answered(config).keeping(keep),
                (config, scored) -> judged(config, scored, scoring.asked(), remarks));
    }

    /** With what is true of each row: of any number of classes perhaps none, else something. */
    private Questions answered(ObjectNode config) {
        if (isPictures()) {
            return questions;
        }
        return Problem.of(config) == Problem.LABEL_SETS ? questions.keeping(List.of(label)) : questions.needing(label);
    }

    /** Sentences whose words have tags. */
    private Evaluated tags(Entities tagger, Consumer<String> remarks) {
        if (group != null) {
            throw new ConfigException(
                    "--group: files of tagged words have no column that tells sentences apart; leave it out");
        }
        if (weight != null) {
            throw new ConfigException("--weight: \"" + weight
                    + "\" is to be a column, and files of tagged words have none that weighs sentences; leave it out");
        }
        if (choice != null) {
            throw new ConfigException(
                    "--threshold: the model tells tags of words, and thresholds are of classes; leave it out");
        }
        List<String> names = tagger.ofWords(List.of()).tags();
        TaggedSentences truth = new SentenceFile(
                        input(), given(questions.column(), "text"), given(label, "label"), names)
                .read(remarks);
        Judged judged = JudgedTags.of(truth, tagger.ofWords(truth.words()));
        var lines = new ArrayList<ObjectNode>();
        for (int row = 0; row < truth.size(); row++) {
            ObjectNode line = Configs.JSON.createObjectNode();
            judged.tell(row, line.put("text", String.join(" ", truth.words().get(row))));
            lines.add(line);
        }
        return new Evaluated(
                model,
                called,
                judged,
                Thresholds.NONE,
                part("", Bootstrap.all(judged.rows()), judged),
                List.of(),
                lines);
    }

    /** A column that the user named; null where it is the option's own default, which is one of texts. */
    private static @Nullable String given(String column, String otherwise) {
        return column.equals(otherwise) ? null : column;
    }

    private Path input() {
        return Objects.requireNonNull(questions.input());
    }

    private boolean isPictures() {
        return Files.isDirectory(input()) || isIdx();
    }

    private boolean isIdx() {
        return Files.isRegularFile(input()) && ImageSet.isIdx(input());
    }

    private Evaluated judged(ObjectNode config, Scored scored, AskedModel asked, Consumer<String> remarks) {
        List<String> names = ModelDescription.labels(config);
        Truths truths = truths(scored.begun());
        Problem problem = Problem.of(config);
        if (choice != null && problem == Problem.SCORE) {
            throw new ConfigException(
                    "--threshold: the model tells scores, and thresholds are of classes; leave it out");
        }
        double[] weights = weights(scored.begun());
        Thresholds thresholds = choice != null ? Thresholds.NONE : asked.thresholds(config);
        thresholds.tell(remarks);
        Judged judged;
        switch (problem) {
            case CLASSES -> {
                int[] truth = truths.classes(names, remarks);
                double[] shares = Tensors.toDoubles(scored.outputs().softmax(1));
                thresholds = choice == null ? thresholds : choice.ofTwo(names, truth, shares, weights, remarks);
                judged = Judged.classes(names, truth, shares, thresholds, weights);
            }
            case LABEL_SETS -> {
                boolean[] truth = truths.labelSets(names);
                double[] shares = Tensors.toDoubles(scored.outputs().sigmoid());
                thresholds = choice == null ? thresholds : choice.ofEach(names, truth, shares, weights, remarks);
                judged = Judged.labelSets(names, truth, shares, thresholds, weights);
            }
            default ->
                judged = Judged.scores(truths.scores(written(scored), questions.format()), scores(scored), weights);
        }
        List<String> groups = group == null
                ? List.of()
                : scored.begun().stream()
                        .map(line -> line.path("columns").path(group).asString(""))
                        .toList();
        List<ObjectNode> lines = scored.answers(config, asked.top(), thresholds);
        for (int row = 0; row < lines.size(); row++) {
            judged.tell(row, lines.get(row));
        }
        return new Evaluated(
                model,
                called,
                judged,
                thresholds,
                part("", Bootstrap.all(judged.rows()), judged),
                grouped(groups, judged),
                lines);
    }

    /** How many rows each row stands for: what the column says, else 1. */
    private double[] weights(List<ObjectNode> begun) {
        if (weight == null) {
            return Weighted.ones(begun.size());
        }
        return new Truths(
                        called + ": " + weight,
                        begun.stream()
                                .map(line -> line.path("columns").path(weight).asString(""))
                                .toList())
                .weights(questions.format());
    }

    /** How the rows that were learnt from write scores; null where they are plain, or nobody knows. */
    private static @Nullable Written written(Scored scored) {
        return scored.score() == null ? null : scored.score().written();
    }

    private static double[] scores(Scored scored) {
        if (scored.outputs().size(1) != 1) {
            throw new ConfigException("the model tells " + scored.outputs().size(1)
                    + " scores a row, but one column says what is true; ask it with cw predict");
        }
        double[] outputs = Tensors.toDoubles(scored.outputs());
        var score = scored.score();
        return score == null
                ? outputs
                : Arrays.stream(outputs)
                        .map(output -> score.mean() + score.deviation() * output)
                        .toArray();
    }

    /** What the file says about each row; of a picture, what its directory is called. */
    private Truths truths(List<ObjectNode> begun) {
        if (begun.isEmpty()) {
            throw new DataException(called + ": has no rows; give a file with at least one");
        }
        if (isIdx()) {
            List<String> labels = IdxLabels.of(input());
            if (labels.size() != begun.size()) {
                throw new DataException(
                        called + ": has " + begun.size() + " images, and " + labels.size() + " labels lie beside it");
            }
            return new Truths(called + ": the labels beside it", labels);
        }
        if (isPictures()) {
            return new Truths(
                    called + ": the directories' names",
                    begun.stream()
                            .map(line -> Path.of(line.path("image").asString()).getParent())
                            .map(directory -> directory.getFileName().toString())
                            .toList());
        }
        return new Truths(
                called + ": " + label,
                begun.stream()
                        .map(line -> line.path("columns").path(label).asString(""))
                        .toList());
    }

    private List<Evaluated.Part> grouped(List<String> groups, Judged judged) {
        Map<String, List<Integer>> rows = new LinkedHashMap<>();
        for (int row = 0; row < groups.size(); row++) {
            rows.computeIfAbsent(groups.get(row), name -> new ArrayList<>()).add(row);
        }
        return rows.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> part(
                        entry.getKey(),
                        entry.getValue().stream().mapToInt(Integer::intValue).toArray(),
                        judged))
                .toList();
    }

    private Evaluated.Part part(String name, int[] all, Judged judged) {
        double[] weights = judged.weights();
        int[] rows = IntStream.of(all).filter(row -> weights[row] > 0).toArray();
        Map<String, Interval> intervals = bootstrap == null || rows.length < LEAST_ROWS
                ? Map.of()
                : bootstrap.intervals(
                        rows.length,
                        drawn -> judged.figures(
                                IntStream.of(drawn).map(at -> rows[at]).toArray()));
        double together = weight == null
                ? Double.NaN
                : IntStream.of(rows).mapToDouble(row -> weights[row]).sum();
        return new Evaluated.Part(name, rows.length, together, judged.figures(rows), intervals);
    }
}
