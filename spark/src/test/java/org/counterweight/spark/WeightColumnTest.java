package org.counterweight.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A column of weights on Spark: a row of weight k is the row k times, or the stage refuses the column by name. */
class WeightColumnTest {
    private static final List<Person> PEOPLE = Sessions.people(160, 0);
    private static final FrameColumns ID = FrameColumns.of("id");
    private static final FrameColumns CELLS = ID.with(Role.LABEL, "label").with(Role.GROUP, "group");

    private static SparkSession session;

    @BeforeAll
    static void start() {
        session = Sessions.quiet("local[2]").getOrCreate();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    static Stream<WeighedCase> weighable() {
        return Stream.of(
                new WeighedCase("class_balance", "{}", ID.with(Role.LABEL, "label"), false),
                new WeighedCase("class_balance", "{power: 0.5}", ID.with(Role.LABEL, "label"), false),
                new WeighedCase("class_balance", "{beta: 0.99}", ID.with(Role.LABEL, "label"), false),
                new WeighedCase("fair_correlation_shifts", "{corr: 0.2}", CELLS, false),
                new WeighedCase("fair_correlation_shifts", "{mode: reweighing}", CELLS, false),
                new WeighedCase("fair_correlation_shifts", "{}", CELLS, true));
    }

    /** Rows as often as they weigh; {@code id} of the row that they are copies of in the tens and above. */
    private static Dataset<Row> repeated(Dataset<Row> frame) {
        return frame.where("count > 0")
                .selectExpr("explode(sequence(1, cast(count as int))) as copy", "id as first", "label", "group")
                .selectExpr("first * 10 + copy as id", "label", "group");
    }

    private static TableWeighing weighing(WeighedCase one, FrameColumns columns, Dataset<Row> target) {
        TableWeighing weighing = TableWeighing.of(one.method(), one.settings(), columns);
        return one.compares() ? weighing.target(target) : weighing;
    }

    @ParameterizedTest
    @MethodSource("weighable")
    void wholeNumbersAreRepeatedRows(WeighedCase one) {
        Dataset<Row> frame = Sessions.frame(session, PEOPLE, 3);
        Dataset<Row> there = Sessions.frame(session, Sessions.people(120, 0.3), 2);
        FrameColumns counting = one.columns().with(Role.WEIGHT, "count");
        TableWeighed counted = weighing(one, counting, there).fit(frame);
        TableWeighed copied = weighing(one, one.columns(), repeated(there)).fit(repeated(frame));

        Map<String, Double> figures = copied.findings().figures();
        assertThat(counted.findings().figures()).containsOnlyKeys(figures.keySet());
        figures.forEach((name, value) ->
                assertThat(counted.findings().figures().get(name)).as(name).isCloseTo(value, within(1e-6)));

        Dataset<Row> sums = copied.transform(repeated(frame))
                .selectExpr("floor(id / 10) as first", "weight as one")
                .groupBy("first")
                .sum("one");
        Map<Long, Double> expected = new HashMap<>();
        sums.collectAsList().forEach(row -> expected.put(row.getLong(0), row.getDouble(1)));
        List<Row> rows = counted.transform(frame).collectAsList();
        assertThat(rows).hasSize(PEOPLE.size());
        for (Row row : rows) {
            assertThat(row.<Double>getAs("weight"))
                    .as("row " + row.getAs("id"))
                    .isCloseTo(Objects.requireNonNullElse(expected.get(row.<Long>getAs("id")), 0.0), within(1e-6));
        }
    }

    @Test
    void aClassWhoseRowsAllWeighNothingIsLeftOut() {
        Dataset<Row> frame = Sessions.frame(session, PEOPLE, 3)
                .withColumn("label", functions.expr("if(id < 40, 2.0, label)"))
                .withColumn("count", functions.expr("if(id < 40, 0.0, count + 1)"));
        FrameColumns columns = ID.with(Role.LABEL, "label");
        TableWeighed counted = TableWeighing.of("class_balance", "{}", columns.with(Role.WEIGHT, "count"))
                .fit(frame);
        TableWeighed without = TableWeighing.of("class_balance", "{}", columns).fit(repeated(frame));
        assertThat(counted.findings().figures()).isEqualTo(without.findings().figures());
        for (Row row : counted.transform(frame).collectAsList()) {
            double weight = row.<Double>getAs("weight");
            assertThat(weight == 0).as("row " + row.getAs("id")).isEqualTo(row.<Long>getAs("id") < 40);
            assertThat(weight).isFinite();
        }
    }

    @Test
    void rowsThatAllWeighNothingAreRefused() {
        Dataset<Row> frame = Sessions.frame(session, PEOPLE, 3).withColumn("count", functions.lit(0.0));
        assertThatThrownBy(() -> TableWeighing.of(
                                "class_balance",
                                "{}",
                                ID.with(Role.LABEL, "label").with(Role.WEIGHT, "count"))
                        .fit(frame))
                .hasMessageContaining("every row weighs 0");
    }

    @ParameterizedTest
    @CsvSource({
        "cast(null as double), row 7: no count",
        "cast('NaN' as double), row 7: count is NaN",
        "-1.0D, row 7: count is -1.0",
        "cast('Infinity' as double), row 7: count is Infinity",
        "cast('-Infinity' as double), row 7: count is -Infinity"
    })
    void aWeightThatIsNoneIsRefusedWithItsRow(String weight, String said) {
        Dataset<Row> frame = Sessions.frame(session, PEOPLE, 3)
                .withColumn("count", functions.expr("if(id = 7, " + weight + ", count)"));
        weighable()
                .filter(one -> !one.compares())
                .forEach(one -> assertThatThrownBy(() -> weighing(
                                        one, one.columns().with(Role.WEIGHT, "count"), frame)
                                .fit(frame))
                        .as(one.method())
                        .hasMessageContaining(said));
        FrameColumns counting = CELLS.with(Role.WEIGHT, "count");
        assertThatThrownBy(() -> TableWeighing.of("fair_correlation_shifts", "{}", counting)
                        .target(frame)
                        .fit(Sessions.frame(session, PEOPLE, 3)))
                .as("of the target")
                .hasMessageContaining(said);
    }

    @Test
    void stagesThatCannotCountByItRefuseTheColumnByName() {
        FrameColumns features = ID.features("x").with(Role.WEIGHT, "count");
        Map.of(
                        "double_weighting", features,
                        "density_ratio", features,
                        "ab_weighted_training", features.with(Role.ARM, "arm").outcomes("stay"))
                .forEach((method, columns) -> assertThatThrownBy(() -> TableWeighing.of(method, "{}", columns))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining(method + " does not look at a column of the weight"));
        assertThatThrownBy(() -> TableWeighing.of(
                        "fair_correlation_shifts", "{corr: 0.2, mode: sample}", CELLS.with(Role.WEIGHT, "count")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("does not look at a column of the weight");
    }
}
