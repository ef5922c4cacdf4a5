package org.counterweight.shift;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * All rows of a table in memory, in the order of their numbers, for methods that look at all of them at once: how the rows come
 * changes nothing.
 *
 * @param features {@code [n, d]}, of the type that was asked for
 * @param outcomes {@code [n, m]}, of the same type
 * @param roles of the columns that were named
 * @param ids the rows' numbers, by which their places are found again
 */
public record Gathered(Tensor features, Tensor outcomes, Map<Role, double[]> roles, long[] ids) {
    /** Reads a table. Its tensors belong to the open scope. */
    public static Gathered of(Source source, ScalarType type) {
        var features = new ArrayList<Tensor>();
        var outcomes = new ArrayList<Tensor>();
        var roles = new EnumMap<Role, List<double[]>>(Role.class);
        var ids = new ArrayList<long[]>();
        source.read(chunk -> {
            features.add(Scope.own(chunk.features().to(type)));
            outcomes.add(Scope.own(chunk.outcomes().to(type)));
            chunk.roles()
                    .forEach((role, values) -> roles.computeIfAbsent(role, none -> new ArrayList<>())
                            .add(values));
            ids.add(chunk.ids());
        });
        if (features.isEmpty()) {
            throw new ShiftException("there are no rows to weigh");
        }
        var all = new EnumMap<Role, double[]>(Role.class);
        roles.forEach((role, parts) ->
                all.put(role, parts.stream().flatMapToDouble(Arrays::stream).toArray()));
        return new Gathered(
                        joined(features),
                        joined(outcomes),
                        all,
                        ids.stream().flatMapToLong(Arrays::stream).toArray())
                .sorted();
    }

    private Gathered sorted() {
        if (IntStream.range(1, ids.length).allMatch(i -> ids[i - 1] < ids[i])) {
            return this;
        }
        int[] order = IntStream.range(0, ids.length)
                .boxed()
                .sorted(Comparator.comparingLong(i -> ids[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        Tensor index = Tensors.longs(Arrays.stream(order).asLongStream().toArray());
        var turned = new EnumMap<Role, double[]>(Role.class);
        roles.forEach((role, values) -> turned.put(
                role, Arrays.stream(order).mapToDouble(i -> values[i]).toArray()));
        return new Gathered(
                features.index_select(0, index),
                outcomes.index_select(0, index),
                turned,
                Arrays.stream(order).mapToLong(i -> ids[i]).toArray());
    }

    private static Tensor joined(List<Tensor> parts) {
        Tensor joined = torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 0);
        parts.forEach(Tensor::close);
        return joined;
    }

    public int size() {
        return ids.length;
    }

    /** The values of a column. */
    public double[] values(Role role) {
        double[] values = roles.get(role);
        if (values == null) {
            throw new IllegalStateException("no column was named for " + role.key());
        }
        return values;
    }

    /** Whole numbers of a column, {@code int64 [n]}. */
    public Tensor numbers(Role role) {
        return Tensors.doubles(values(role)).to(ScalarType.Long);
    }
}
