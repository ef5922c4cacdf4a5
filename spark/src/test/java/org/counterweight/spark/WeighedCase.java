package org.counterweight.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.shift.Side;
import org.counterweight.shift.Source;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.Weights;
import org.counterweight.spark.Sessions.Person;
import org.jspecify.annotations.Nullable;

/**
 * A method that weighs the same rows on Spark and on one machine.
 *
 * @param compares whether it looks at a second table
 */
record WeighedCase(String method, String settings, FrameColumns columns, boolean compares) {
    /** What each row of a DataFrame gets, by its id; {@code target} is looked at if the method compares. */
    Map<Long, Map<String, Double>> onSpark(Dataset<Row> frame, @Nullable Dataset<Row> target) {
        TableWeighing weighing = TableWeighing.of(method, settings, columns);
        if (compares) {
            weighing = weighing.target(Objects.requireNonNull(target));
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

    /** The same of rows in memory. */
    Map<Long, Map<String, Double>> here(List<Person> people, List<Person> deployed) throws Exception {
        return here(new WeighingMethod(method, settings).config().create(), people, deployed);
    }

    private <F extends AutoCloseable> Map<Long, Map<String, Double>> here(
            TableWeigher<F> weigher, List<Person> people, List<Person> deployed) throws Exception {
        Source source = Sessions.inMemory(people, columns);
        var found = new HashMap<Long, Map<String, Double>>();
        try (var scope = Scope.open();
                F fitted = weigher.fit(source, compares ? Sessions.inMemory(deployed, columns) : null, new Seed(1))) {
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

    /** Both have the same rows with the same numbers, to 1e-6. */
    static void same(Map<Long, Map<String, Double>> found, Map<Long, Map<String, Double>> expected) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((id, values) -> values.forEach((name, value) -> assertThat(
                        Objects.requireNonNull(found.get(id)).get(name))
                .as(name + " of row " + id)
                .isCloseTo(value, within(1e-6))));
    }
}
