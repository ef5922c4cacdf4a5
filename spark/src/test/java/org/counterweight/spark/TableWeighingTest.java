package org.counterweight.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.shift.Role;
import org.counterweight.shift.Side;
import org.counterweight.shift.Source;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.Weights;
import org.counterweight.spark.Sessions.Person;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a DataFrame's rows get is what the same rows get on one machine, however they are divided and whatever fails. */
class TableWeighingTest {
    private static final List<Person> PEOPLE = Sessions.people(160, 0);
    private static final List<Person> DEPLOYED = Sessions.people(120, 0.3);
    private static final FrameColumns ID = FrameColumns.of("id");

    private static SparkSession session;

    @BeforeAll
    static void start() {
        session = Sessions.quiet("local[2,3]").getOrCreate(); // a task may fail twice
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    /** A method with its columns, and whether it looks at a second table. */
    record Case(String method, String settings, FrameColumns columns, boolean compares) {}

    static Stream<Case> cases() {
        FrameColumns cells = ID.with(Role.LABEL, "label").with(Role.GROUP, "group");
        FrameColumns arms = ID.features("x").with(Role.ARM, "arm").outcomes("stay");
        return Stream.of(
                new Case("class_balance", "{power: 0.5}", ID.with(Role.LABEL, "label"), false),
                new Case("fair_correlation_shifts", "{corr: 0.2}", cells, false),
                new Case("fair_correlation_shifts", "{corr: 0.2, mode: sample}", cells, false),
                new Case("fair_correlation_shifts", "{}", cells, true),
                new Case("ab_weighted_training", "{weight_model: logistic}", arms, false),
                new Case("ab_weighted_training", "{weight_model: logistic}", arms.with(Role.UNIT, "unit"), false),
                new Case("double_weighting", "{}", ID.features("x"), true),
                new Case(
                        "double_weighting",
                        "{kernel: random_features, kernel_pairs: 30, choose: select}",
                        ID.features("x").with(Role.LABEL, "label"),
                        true));
    }

    private static Map<Long, Map<String, Double>> onSpark(Case one, int partitions, Dataset<Row> frame) {
        TableWeighing weighing = TableWeighing.of(one.method, one.settings, one.columns);
        if (one.compares) {
            weighing = weighing.target(Sessions.frame(session, DEPLOYED, partitions));
        }
        Dataset<Row> weighed = weighing.fit(frame).transform(frame);
        assertThat(weighed.schema().fieldNames()).startsWith(frame.schema().fieldNames());
        var found = new HashMap<Long, Map<String, Double>>();
        for (Row row : weighed.collectAsList()) {
            var values = new HashMap<String, Double>();
            for (int i = frame.schema().size(); i < row.size(); i++) {
                values.put(weighed.schema().fieldNames()[i], row.getDouble(i));
            }
            found.put(row.getAs("id"), values);
        }
        return found;
    }

    private static <F extends AutoCloseable> Map<Long, Map<String, Double>> here(Case one, TableWeigher<F> weigher)
            throws Exception {
        Source source = Sessions.inMemory(PEOPLE, one.columns);
        var found = new HashMap<Long, Map<String, Double>>();
        try (var scope = Scope.open();
                F fitted = weigher.fit(
                        source, one.compares ? Sessions.inMemory(DEPLOYED, one.columns) : null, new Seed(1))) {
            source.read(chunk -> {
                Weights weights = weigher.apply(fitted, Side.SOURCE, chunk);
                for (int i = 0; i < chunk.size(); i++) {
                    if (weights.kept() == null || weights.kept()[i]) {
                        var values = new HashMap<String, Double>();
                        for (var column : weights.columns().entrySet()) {
                            values.put(column.getKey(), column.getValue()[i]);
                        }
                        found.put(chunk.ids()[i], values);
                    }
                }
            });
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aClusterGivesWhatOneMachineGives(Case one) throws Exception {
        var expected =
                here(one, new WeighingMethod(one.method, one.settings).config().create());
        for (int partitions : new int[] {1, 5}) {
            same(onSpark(one, partitions, Sessions.frame(session, PEOPLE, partitions)), expected);
        }
    }

    private static void same(Map<Long, Map<String, Double>> found, Map<Long, Map<String, Double>> expected) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((id, values) -> values.forEach((name, value) -> assertThat(
                        Objects.requireNonNull(found.get(id)).get(name))
                .as(name + " of row " + id)
                .isCloseTo(value, within(1e-6))));
    }

    /** Each task's first attempt dies in the middle of its rows. */
    @Test
    void tasksThatFailAreRepeatedAndChangeNothing() throws Exception {
        var one = new Case(
                "fair_correlation_shifts",
                "{corr: 0.2, mode: sample}",
                ID.with(Role.LABEL, "label").with(Role.GROUP, "group"),
                false);
        Dataset<Row> frame = Sessions.frame(session, PEOPLE, 4);
        MapPartitionsFunction<Row, Row> dying = rows -> {
            if (TaskContext.get().attemptNumber() == 0) {
                rows.next();
                throw new IllegalStateException("this attempt was to die");
            }
            return rows;
        };
        Dataset<Row> failing = frame.mapPartitions(dying, Encoders.row(frame.schema()));
        same(
                onSpark(one, 4, failing),
                here(one, new WeighingMethod(one.method, one.settings).config().create()));
    }

    @Test
    void weightsGoIntoAStageOfTheSamePipeline() {
        Dataset<Row> frame = Sessions.frame(session, PEOPLE, 3);
        var pipeline = new Pipeline().setStages(new PipelineStage[] {
            TableWeighing.of(
                    "fair_correlation_shifts",
                    "{corr: 0.0}",
                    ID.with(Role.LABEL, "label").with(Role.GROUP, "group")),
            new LogisticRegression().setFeaturesCol("x").setWeightCol("weight").setRegParam(0.01)
        });
        Dataset<Row> told = pipeline.fit(frame).transform(frame);
        assertThat(told.schema().fieldNames()).contains("weight", "prediction");
        assertThat(told.count()).isEqualTo(160);
    }

    @Test
    void whatIsToldComesWithTheStage() {
        Dataset<Row> frame = Sessions.frame(session, PEOPLE, 3);
        TableWeighed fitted = TableWeighing.of(
                        "ab_weighted_training",
                        "{weight_model: logistic}",
                        ID.features("x")
                                .with(Role.ARM, "arm")
                                .with(Role.UNIT, "unit")
                                .outcomes("stay"))
                .fit(frame);
        assertThat(fitted.findings().figures()).containsKey("effective records, treatment");
        assertThat(fitted.findings().withheld()).anyMatch(reason -> reason.contains("units have records in both arms"));
    }

    @Test
    void wrongRequestsAreRefused() {
        assertThatThrownBy(() -> TableWeighing.of("fair_correlation_shifts", "{corr: 0.1}", ID))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("needs a column of the label; name it, with(Role.LABEL, NAME)");
        assertThatThrownBy(() -> TableWeighing.of("double_weighting", "{}", ID))
                .hasMessageContaining("needs a column of feature vectors");
        assertThatThrownBy(() -> TableWeighing.of("bone", "{}", ID))
                .hasMessageContaining("a method that weighs tables");
        assertThatThrownBy(() -> TableWeighing.of(
                        "class_balance", "{}", ID.with(Role.LABEL, "label").with(Role.ARM, "arm")))
                .hasMessageContaining("does not look at a column of the arm");
        Dataset<Row> frame = Sessions.frame(session, PEOPLE, 1);
        assertThatThrownBy(() -> TableWeighing.of("double_weighting", "{}", ID.features("x"))
                        .fit(frame))
                .hasMessageContaining("name these, target(ROWS)");
        assertThatThrownBy(() -> TableWeighing.of("class_balance", "{}", ID.with(Role.LABEL, "stay"))
                        .fit(frame))
                .hasMessageContaining("expected a whole number from 0 on, as StringIndexer makes of names");
    }
}
