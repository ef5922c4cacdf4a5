package org.counterweight.shift;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * A small table: two features, a label, a group, an arm and an outcome that go together.
 *
 * @param ids of the rows, in the order in which they come
 * @param chunk how many come at a time
 * @param shift of the first feature
 * @param heavy the weight of rows of y = 1 in the group z = 1; that of all others is 1
 */
public record RowsInMemory(long[] ids, int chunk, double shift, List<Role> roles, double heavy) implements Source {
    /** Rows 0 to n − 1. */
    public static RowsInMemory of(int rows, double shift, List<Role> roles) {
        return new RowsInMemory(LongStream.range(0, rows).toArray(), 16, shift, roles, 1);
    }

    /** The same rows with other weights. */
    public RowsInMemory weighing(double more) {
        return new RowsInMemory(ids, chunk, shift, roles, more);
    }

    /** The same rows, each as often as it weighs, all of weight 1. */
    public RowsInMemory repeated() {
        var all = LongStream.builder();
        read(rows -> {
            double[] weights = rows.weights();
            for (int i = 0; i < weights.length; i++) {
                for (int k = 0; k < weights[i]; k++) {
                    all.add(rows.ids()[i]);
                }
            }
        });
        return new RowsInMemory(all.build().toArray(), chunk, shift, roles, 1);
    }

    /** The same rows, so many at a time. */
    public RowsInMemory by(int rows) {
        return new RowsInMemory(ids, rows, shift, roles, heavy);
    }

    /** The same rows, the last first. */
    public RowsInMemory backwards() {
        long[] turned = IntStream.range(0, ids.length)
                .mapToLong(i -> ids[ids.length - 1 - i])
                .toArray();
        return new RowsInMemory(turned, chunk, shift, roles, heavy);
    }

    @Override
    public void read(Consumer<Chunk> sink) {
        for (int from = 0; from < ids.length; from += chunk) {
            sink.accept(chunk(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + chunk))));
        }
    }

    private Chunk chunk(long... some) {
        double[] x = new double[2 * some.length];
        double[] y = new double[some.length];
        Map<Role, double[]> columns = new EnumMap<>(Role.class);
        roles.forEach(role -> columns.put(role, new double[some.length]));
        for (int i = 0; i < some.length; i++) {
            var random = new Seed(91).child(some[i]).random();
            boolean one = random.nextInt(3) == 0;
            x[2 * i] = random.nextDouble() + shift + (one ? 0.5 : 0);
            x[2 * i + 1] = random.nextDouble();
            y[i] = random.nextDouble();
            boolean positive = random.nextInt(4) < (one ? 3 : 1);
            boolean treated = random.nextInt(2) == 0;
            for (Role role : roles) {
                Objects.requireNonNull(columns.get(role))[i] = switch (role) {
                    case LABEL -> positive ? 1 : 0;
                    case GROUP -> one ? 1 : 0;
                    case ARM -> treated ? 1 : 0;
                    case WEIGHT -> one && positive ? heavy : 1;
                    case UNIT -> some[i];
                    case SETTING -> 0;
                };
            }
        }
        return new Chunk(some, Tensors.doubles(x, some.length, 2), columns, Tensors.doubles(y, some.length, 1));
    }

    @Override
    public long rows() {
        return ids.length;
    }

    @Override
    public List<String> features() {
        return List.of("first", "second");
    }

    @Override
    public List<String> outcomes() {
        return List.of("outcome");
    }
}
