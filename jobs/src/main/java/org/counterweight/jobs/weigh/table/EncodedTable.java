package org.counterweight.jobs.weigh.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Role;
import org.counterweight.shift.Source;

/**
 * A table as a weigher sees it: read from its files again for each pass, chunk by chunk.
 *
 * @param rows how many there are
 * @param encoding of its features
 * @param roles the columns that say more
 * @param measured the columns of the outcomes
 */
public record EncodedTable(
        InputTable table, long rows, FeatureEncoding encoding, List<RoleColumn> roles, List<Outcome> measured)
        implements Source {
    private static final int CHUNK = 4096;

    /** Takes the rows of a chunk, as they were written and as numbers. */
    @FunctionalInterface
    public interface Taker {
        void take(List<List<Cell>> cells, Chunk chunk);
    }

    @Override
    public List<String> features() {
        return encoding.names();
    }

    @Override
    public List<String> outcomes() {
        return measured.stream().map(Outcome::name).toList();
    }

    @Override
    public void read(Consumer<Chunk> sink) {
        read((cells, chunk) -> sink.accept(chunk));
    }

    /** Reads all rows, also as they were written. */
    public void read(Taker taker) {
        var buffer = new Buffer(taker);
        table.read((part, place, cells) ->
                buffer.add(part.called() + ": " + place, cells, part.table().decimals()));
        buffer.flush();
    }

    /** Rows that wait to be a chunk. */
    private final class Buffer {
        private final Taker taker;
        private final List<List<Cell>> cells = new ArrayList<>(CHUNK);
        private final int[] places = measured.stream()
                .mapToInt(outcome -> table.columns().indexOf(outcome.name()))
                .toArray();
        private final Map<Role, double[]> values = new EnumMap<>(Role.class);
        private double[] features = new double[0];
        private double[] outcomes = new double[0];
        private long first;

        Buffer(Taker taker) {
            this.taker = taker;
            clear();
        }

        private void clear() {
            cells.clear();
            features = new double[CHUNK * encoding.width()];
            outcomes = new double[CHUNK * places.length];
            roles.forEach(role -> values.put(role.role(), new double[CHUNK]));
        }

        void add(String where, List<Cell> row, Decimals decimals) {
            int i = cells.size();
            cells.add(row);
            encoding.write(row, decimals, features, i * encoding.width());
            for (RoleColumn role : roles) {
                double[] column = values.get(role.role());
                if (column != null) {
                    column[i] = role.value(row.get(role.place()), decimals, where);
                }
            }
            for (int k = 0; k < places.length; k++) {
                double value = CellNumber.of(
                        row.get(places[k]), decimals, measured.get(k).written());
                if (!Double.isFinite(value)) {
                    throw new DataException(where + ": " + measured.get(k).name() + " is "
                            + (row.get(places[k]) instanceof Cell.Nothing
                                    ? "empty"
                                    : row.get(places[k]).written())
                            + "; an outcome is a finite number");
                }
                outcomes[i * places.length + k] = value;
            }
            if (cells.size() == CHUNK) {
                flush();
            }
        }

        void flush() {
            int n = cells.size();
            if (n == 0) {
                return;
            }
            long[] ids = new long[n];
            for (int i = 0; i < n; i++) {
                ids[i] = first + i;
            }
            first += n;
            Map<Role, double[]> columns = new EnumMap<>(Role.class);
            values.forEach((role, column) -> columns.put(role, Arrays.copyOf(column, n)));
            try (var scope = Scope.open()) {
                Tensor x = matrix(features, n, encoding.width());
                Tensor y = matrix(outcomes, n, places.length);
                taker.take(List.copyOf(cells), new Chunk(ids, x, columns, y));
            }
            clear();
        }

        private static Tensor matrix(double[] values, int rows, int width) {
            return width == 0
                    ? torch.zeros(new long[] {rows, 0}, Tensors.options(ScalarType.Double))
                    : Tensors.slice(Tensors.doubles(values, values.length / width, width), 0, 0, rows);
        }
    }
}
