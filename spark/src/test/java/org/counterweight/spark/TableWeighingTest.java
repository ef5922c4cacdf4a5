package org.counterweight.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
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
import org.apache.spark.sql.functions;
import org.counterweight.config.ConfigException;
import org.counterweight.shift.Role;
import org.counterweight.spark.Sessions.Person;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    static Stream<WeighedCase> cases() {
        FrameColumns cells = ID.with(Role.LABEL, "label").with(Role.GROUP, "group");
        FrameColumns arms = ID.features("x").with(Role.ARM, "arm").outcomes("stay");
        return Stream.of(
                new WeighedCase("class_balance", "{power: 0.5}", ID.with(Role.LABEL, "label"), false),
                new WeighedCase("fair_correlation_shifts", "{corr: 0.2}", cells, false),
                new WeighedCase("fair_correlation_shifts", "{corr: 0.2, mode: sample}", cells, false),
                new WeighedCase("fair_correlation_shifts", "{}", cells, true),
                new WeighedCase("fair_correlation_shifts", "{corr: 0.2}", cells.with(Role.WEIGHT, "count"), false),
                new WeighedCase("ab_weighted_training", "{weight_model: logistic}", arms, false),
                new WeighedCase(
                        "ab_weighted_training", "{weight_model: logistic}", arms.with(Role.UNIT, "unit"), false),
                new WeighedCase("double_weighting", "{}", ID.features("x"), true),
                new WeighedCase(
                        "double_weighting",
                        "{kernel: random_features, kernel_pairs: 30, choose: select}",
                        ID.features("x").with(Role.LABEL, "label"),
                        true));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aClusterGivesWhatOneMachineGives(WeighedCase one) throws Exception {
        var expected = one.here(PEOPLE, DEPLOYED);
        for (int partitions : new int[] {1, 5}) {
            WeighedCase.same(
                    one.onSpark(
                            Sessions.frame(session, PEOPLE, partitions), Sessions.frame(session, DEPLOYED, partitions)),
                    expected);
        }
    }

    /** Each task's first attempt dies in the middle of its rows. */
    @Test
    void tasksThatFailAreRepeatedAndChangeNothing() throws Exception {
        var one = new WeighedCase(
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
        WeighedCase.same(one.onSpark(failing, null), one.here(PEOPLE, DEPLOYED));
    }

    @Test
    void wholeNumbersAreRepeatedRows() {
        FrameColumns cells = ID.with(Role.LABEL, "label").with(Role.GROUP, "group");
        Dataset<Row> frame = Sessions.frame(session, PEOPLE, 3);
        Dataset<Row> repeated = frame.where("count > 0")
                .selectExpr("explode(sequence(1, cast(count as int))) as copy", "id * 4 as first", "label", "group")
                .selectExpr("first + copy as id", "label", "group");
        assertThat(repeated.count()).isEqualTo(240);
        Map<String, Double> counted = TableWeighing.of(
                        "fair_correlation_shifts", "{corr: 0.2}", cells.with(Role.WEIGHT, "count"))
                .fit(frame)
                .findings()
                .figures();
        assertThat(counted)
                .isEqualTo(TableWeighing.of("fair_correlation_shifts", "{corr: 0.2}", cells)
                        .fit(repeated)
                        .findings()
                        .figures());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cast(null as double)", "cast('NaN' as double)", "cast('Infinity' as double)", "-1.0"})
    void aWeightThatIsNoneIsRefusedWithItsRow(String weight) {
        Dataset<Row> frame = Sessions.frame(session, PEOPLE, 3)
                .withColumn("count", functions.expr("if(id = 7, " + weight + ", count)"));
        FrameColumns columns =
                ID.with(Role.LABEL, "label").with(Role.GROUP, "group").with(Role.WEIGHT, "count");
        assertThatThrownBy(() -> TableWeighing.of("fair_correlation_shifts", "{corr: 0.2}", columns)
                        .fit(frame))
                .hasMessageContaining("row 7: ");
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
