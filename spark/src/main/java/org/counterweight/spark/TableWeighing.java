package org.counterweight.spark;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;
import org.counterweight.shift.Role;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.TableWeigherConfig;
import org.counterweight.shift.TargetTable;
import org.jspecify.annotations.Nullable;

/**
 * A weigher of the catalogue as a stage of a pipeline: {@code fit} looks at a DataFrame and gives the stage that adds weights to
 * its rows. The weights go into any later stage's {@code weightCol}.
 *
 * <pre>{@code
 * var columns = FrameColumns.of("id").with(Role.LABEL, "hired").with(Role.GROUP, "sex");
 * TableWeighed fair = TableWeighing.of("fair_correlation_shifts", "{corr: 0.18}", columns).fit(people);
 * new LogisticRegression().setWeightCol("weight").fit(fair.transform(people));
 * }</pre>
 */
public final class TableWeighing extends Estimator<TableWeighed> {
    private static final long serialVersionUID = 1;

    private final String uid;
    private final WeighingMethod method;
    private final FrameColumns columns;
    private final transient @Nullable Dataset<Row> target;
    private final long seed;

    private TableWeighing(
            String uid, WeighingMethod method, FrameColumns columns, @Nullable Dataset<Row> target, long seed) {
        this.uid = uid;
        this.method = method;
        this.columns = columns;
        this.target = target;
        this.seed = seed;
    }

    /**
     * A weigher.
     *
     * @param method its name: {@code double_weighting}, {@code fair_correlation_shifts}, {@code ab_weighted_training},
     *     {@code class_balance}, …
     * @param settings as in a recipe of {@code cw weigh}: {@code {corr: 0.1}}
     * @throws ConfigException if a setting is wrong, or a column is missing or would change nothing
     */
    public static TableWeighing of(String method, String settings, FrameColumns columns) {
        var weighing = new WeighingMethod(method, settings);
        TableWeigherConfig config = weighing.config();
        for (Role role : config.needed()) {
            if (!columns.roles().containsKey(role)) {
                throw new ConfigException(
                        method + " needs a column of the " + role.key() + "; name it, with(Role." + role + ", NAME)");
            }
        }
        for (Role role : columns.roles().keySet()) {
            if (!config.needed().contains(role) && !config.allowed().contains(role)) {
                throw new ConfigException(method + " does not look at a column of the " + role.key()
                        + " with these settings, so it would change nothing; leave it out");
            }
        }
        if (config.needsFeatures() && columns.features() == null) {
            throw new ConfigException(method + " needs a column of feature vectors; name it, features(NAME)");
        }
        if (!config.takesOutcomes() && !columns.outcomes().isEmpty()) {
            throw new ConfigException(method + " measures no outcomes; leave them out");
        }
        return new TableWeighing(Identifiable$.MODULE$.randomUID("tableWeighing"), weighing, columns, null, 1);
    }

    /** With rows of where the model will be used, in columns of the same names; a label may be missing there. */
    public TableWeighing target(Dataset<Row> rows) {
        return new TableWeighing(uid, method, columns, rows, seed);
    }

    /** With another seed of every draw. */
    public TableWeighing seed(long value) {
        return new TableWeighing(uid, method, columns, target, value);
    }

    @Override
    public String uid() {
        return uid;
    }

    @Override
    public TableWeighed fit(Dataset<?> rows) {
        TableWeigherConfig config = method.config();
        if (config.target() == TargetTable.NEEDED && target == null) {
            throw new ConfigException(method.name() + " compares the rows with those of where the model will be used;"
                    + " name these, target(ROWS)");
        }
        if (config.target() == TargetTable.NONE && target != null) {
            throw new ConfigException(method.name() + " looks at one table with these settings; leave the target out");
        }
        return fitted(config.create(), rows.toDF());
    }

    private <F extends AutoCloseable> TableWeighed fitted(TableWeigher<F> weigher, Dataset<Row> rows) {
        FrameColumns there = target == null
                ? columns
                : new FrameColumns(
                        columns.id(),
                        columns.features(),
                        columns.roles().entrySet().stream()
                                .filter(role -> List.of(target.columns()).contains(role.getValue()))
                                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                        List.of());
        F found = weigher.fit(
                new FrameSource(rows, columns), target == null ? null : new FrameSource(target, there), new Seed(seed));
        return new TableWeighed(uid, method, columns, there, found);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return TableWeighed.withWeights(schema, method);
    }

    @Override
    public TableWeighing copy(ParamMap extra) {
        return new TableWeighing(uid, method, columns, target, seed);
    }
}
