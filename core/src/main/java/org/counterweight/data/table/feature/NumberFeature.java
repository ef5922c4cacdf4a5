package org.counterweight.data.table.feature;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.engine.Tensors;
import tools.jackson.databind.node.ObjectNode;

/**
 * A column of numbers: how many deviations from the mean. A missing one counts as the mean.
 *
 * @param mean of the rows that were learnt from and have a number
 * @param deviation of these, over all of them; 1 where they are all the same
 * @param mayLack whether some of them had none: then a second number is 1 where it is missing
 */
public record NumberFeature(String name, double mean, double deviation, boolean mayLack) implements Feature {
    static final String KIND = "number";

    /** Of the rows at these places. */
    public static NumberFeature learn(String name, double[] values, int... places) {
        double[] there = Arrays.stream(places)
                .mapToDouble(row -> values[row])
                .filter(value -> !Double.isNaN(value))
                .toArray();
        double mean = DoubleStream.of(there).average().orElse(0);
        double variance = DoubleStream.of(there)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElse(0);
        return new NumberFeature(name, mean, variance > 0 ? Math.sqrt(variance) : 1, there.length < places.length);
    }

    @Override
    public int width() {
        return mayLack ? 2 : 1;
    }

    @Override
    public Wanted wanted() {
        return Wanted.number(name).orNothing();
    }

    @Override
    public Tensor encode(TableRows rows) {
        Tensor values = Tensors.doubles(rows.numbers(name), rows.size(), 1);
        Tensor missing = values.isnan();
        Tensor scaled =
                Tensors.times(Tensors.plus(values, -mean), 1 / deviation).masked_fill(missing, new Scalar(0.0));
        return mayLack ? torch.cat(new TensorVector(scaled, missing.to(ScalarType.Double)), 1) : scaled;
    }

    @Override
    public long missing(TableRows rows) {
        return DoubleStream.of(rows.numbers(name)).filter(Double::isNaN).count();
    }

    @Override
    public ObjectNode json() {
        return Configs.JSON
                .createObjectNode()
                .put("column", name)
                .put("kind", KIND)
                .put("mean", mean)
                .put("deviation", deviation)
                .put("may_lack", mayLack);
    }
}
