package org.counterweight.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Role;
import org.counterweight.shift.ShiftException;

/** Rows of a DataFrame as chunks of numbers, some at a time. */
record RowChunks(FrameColumns columns) implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int SIZE = 4096;

    /** Reads rows to their end; a chunk's tensors live during the call. */
    void read(Iterator<Row> rows, BiConsumer<List<Row>, Chunk> sink) {
        List<Row> some = new ArrayList<>(SIZE);
        while (rows.hasNext()) {
            some.add(rows.next());
            if (some.size() == SIZE || !rows.hasNext()) {
                try (var scope = Scope.open()) {
                    sink.accept(some, chunk(some));
                }
                some = new ArrayList<>(SIZE);
            }
        }
    }

    private Chunk chunk(List<Row> rows) {
        int n = rows.size();
        long[] ids = new long[n];
        Map<Role, double[]> roles = new EnumMap<>(Role.class);
        columns.roles().keySet().forEach(role -> roles.put(role, new double[n]));
        double[] outcomes = new double[n * columns.outcomes().size()];
        double[][] features = new double[n][];
        for (int i = 0; i < n; i++) {
            Row row = rows.get(i);
            ids[i] = id(row);
            for (Map.Entry<Role, String> role : columns.roles().entrySet()) {
                Objects.requireNonNull(roles.get(role.getKey()))[i] =
                        value(role.getKey(), row, role.getValue(), ids[i]);
            }
            for (int k = 0; k < columns.outcomes().size(); k++) {
                outcomes[i * columns.outcomes().size() + k] =
                        number(row, columns.outcomes().get(k), ids[i], "an outcome is a finite number");
            }
            features[i] = features(row, ids[i]);
        }
        return new Chunk(
                ids,
                matrix(features),
                roles,
                matrix(outcomes, n, columns.outcomes().size()));
    }

    private long id(Row row) {
        Object id = row.getAs(columns.id());
        if (id instanceof Long || id instanceof Integer) {
            return ((Number) id).longValue();
        }
        throw new ShiftException(
                "the column " + columns.id() + " has " + id + "; ids are whole numbers (int or bigint), each once");
    }

    private double[] features(Row row, long id) {
        if (columns.features() == null) {
            return new double[0];
        }
        Vector vector = row.getAs(columns.features());
        if (vector == null) {
            throw new ShiftException("row " + id + ": no " + columns.features() + "; leave such rows out");
        }
        double[] values = vector.toArray();
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new ShiftException(
                        "row " + id + ": " + columns.features() + " has " + value + "; features are finite numbers");
            }
        }
        return values;
    }

    private static double value(Role role, Row row, String column, long id) {
        return switch (role) {
            case UNIT, SETTING -> Role.named(String.valueOf(present(row, column, id)));
            case WEIGHT ->
                atLeast0(number(row, column, id, "a weight is a finite number of at least 0"), row, column, id);
            case LABEL -> whole(number(row, column, id, "classes are numbers"), Integer.MAX_VALUE, column, id);
            case GROUP, ARM -> whole(number(row, column, id, "it is 1 or 0"), 1, column, id);
        };
    }

    private static double atLeast0(double value, Row row, String column, long id) {
        if (value < 0) {
            throw new ShiftException("row " + id + ": " + column + " is " + row.getAs(column)
                    + "; a weight is a finite number of at least 0");
        }
        return value;
    }

    private static double whole(double value, int most, String column, long id) {
        if (value < 0 || value > most || value != Math.rint(value)) {
            throw new ShiftException("row " + id + ": " + column + " is " + value + "; expected a whole number from 0"
                    + (most == 1 ? " to 1" : " on") + ", as StringIndexer makes of names");
        }
        return value;
    }

    private static Object present(Row row, String column, long id) {
        Object value = row.getAs(column);
        if (value == null) {
            throw new ShiftException("row " + id + ": no " + column + "; give each row one, or leave such rows out");
        }
        return value;
    }

    private static double number(Row row, String column, long id, String expected) {
        Object value = present(row, column, id);
        double number = value instanceof Number found
                ? found.doubleValue()
                : value instanceof Boolean truth ? truth ? 1 : 0 : Double.NaN;
        if (!Double.isFinite(number)) {
            throw new ShiftException("row " + id + ": " + column + " is " + value + "; " + expected);
        }
        return number;
    }

    private static Tensor matrix(double[][] rows) {
        int width = rows[0].length;
        double[] all = new double[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * width, width);
        }
        return matrix(all, rows.length, width);
    }

    private static Tensor matrix(double[] values, int rows, int width) {
        return width == 0
                ? torch.zeros(new long[] {rows, 0}, Tensors.options(ScalarType.Double))
                : Tensors.doubles(values, rows, width);
    }
}
