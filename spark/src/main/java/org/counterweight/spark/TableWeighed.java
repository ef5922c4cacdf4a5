package org.counterweight.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.counterweight.config.ConfigException;
import org.counterweight.shift.Findings;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.Side;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.Weights;

/** A fitted weigher as a stage: adds its columns to rows, and leaves out those that a sample does not keep. */
public final class TableWeighed extends Model<TableWeighed> {
    private static final long serialVersionUID = 1;

    private final String uid;
    private final WeighingMethod method;
    private final FrameColumns columns;
    private final FrameColumns ofTarget;
    private final AutoCloseable fitted;

    TableWeighed(String uid, WeighingMethod method, FrameColumns columns, FrameColumns ofTarget, AutoCloseable fitted) {
        this.uid = uid;
        this.method = method;
        this.columns = columns;
        this.ofTarget = ofTarget;
        this.fitted = fitted;
    }

    @Override
    public String uid() {
        return uid;
    }

    /** What is to be told: figures, tables, warnings, and what withholds a verdict. */
    public Findings findings() {
        return findings(method.config().create());
    }

    @SuppressWarnings("unchecked") // the weigher that fitted it
    private <F extends AutoCloseable> Findings findings(TableWeigher<F> weigher) {
        return weigher.findings((F) fitted);
    }

    /** The rows that were fitted, with their weights. */
    @Override
    public Dataset<Row> transform(Dataset<?> rows) {
        return weighed(rows.toDF(), Side.SOURCE, columns);
    }

    /** The rows of where the model will be used, with what the method says about them. */
    public Dataset<Row> transformTarget(Dataset<Row> rows) {
        return weighed(rows, Side.TARGET, ofTarget);
    }

    private Dataset<Row> weighed(Dataset<Row> rows, Side side, FrameColumns named) {
        if (!(fitted instanceof Serializable travelling)) {
            throw new ConfigException(method.name() + ": what was fitted stays on the driver with these settings, and"
                    + " cannot weigh rows elsewhere; for an A/B test take weight_model: logistic");
        }
        StructType schema = withColumns(rows.schema(), method.config().create().columns(side));
        return rows.mapPartitions(new Weigh(method, side, new RowChunks(named), travelling), Encoders.row(schema));
    }

    /** One partition's rows with their weights. */
    private record Weigh(WeighingMethod method, Side side, RowChunks chunks, Serializable fitted)
            implements MapPartitionsFunction<Row, Row> {
        private static final long serialVersionUID = 1;

        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            return weighed(method.config().create(), rows).iterator();
        }

        @SuppressWarnings("unchecked") // the weigher that fitted it
        private <F extends AutoCloseable> List<Row> weighed(TableWeigher<F> weigher, Iterator<Row> rows) {
            var weighed = new ArrayList<Row>();
            List<String> names = weigher.columns(side);
            chunks.read(rows, (some, chunk) -> {
                Weights weights = weigher.apply((F) fitted, side, chunk);
                for (int i = 0; i < some.size(); i++) {
                    if (weights.kept() == null || weights.kept()[i]) {
                        weighed.add(with(some.get(i), names, weights, i));
                    }
                }
            });
            return weighed;
        }

        private static Row with(Row row, List<String> names, Weights weights, int i) {
            Object[] values = new Object[row.size() + names.size()];
            for (int k = 0; k < row.size(); k++) {
                values[k] = row.get(k);
            }
            for (int k = 0; k < names.size(); k++) {
                double[] column = weights.columns().get(names.get(k));
                if (column == null) {
                    throw new ShiftException("no weights of the name " + names.get(k) + " came of the method");
                }
                values[row.size() + k] = column[i];
            }
            return RowFactory.create(values);
        }
    }

    static StructType withWeights(StructType schema, WeighingMethod method) {
        return withColumns(schema, method.config().create().columns(Side.SOURCE));
    }

    private static StructType withColumns(StructType schema, List<String> added) {
        StructType more = schema;
        for (String name : added) {
            if (List.of(schema.fieldNames()).contains(name)) {
                throw new ConfigException("the rows have a column \"" + name
                        + "\" already, which the weights would be written beside; rename it first");
            }
            more = more.add(name, DataTypes.DoubleType, false);
        }
        return more;
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return withWeights(schema, method);
    }

    @Override
    public TableWeighed copy(ParamMap extra) {
        return new TableWeighed(uid, method, columns, ofTarget, fitted);
    }
}
