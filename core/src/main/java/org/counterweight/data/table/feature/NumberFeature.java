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
import org.counterweight.data.table.written.Written;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A column of numbers: how many deviations from the mean. A missing one counts as the mean.
 *
 * @param mean of the rows that were learnt from and have a number
 * @param deviation of these, over all of them; 1 where they are all the same
 * @param mayLack whether some of them had none: then a second number is 1 where it is missing
 * @param written how they are written, here and in every file that is read as this was; null for plain numbers
 */
public record NumberFeature(
        String name,
        double mean,
        double deviation,
        boolean mayLack,
        @Nullable Written written) implements Feature {
    static final String KIND = "number";
    static final String WRITTEN = "written";

    /** Of plain numbers. */
    public NumberFeature(String name, double mean, double deviation, boolean mayLack) {
        this(name, mean, deviation, mayLack, null);
    }

    /** The same, written so. */
    public NumberFeature written(@Nullable Written how) {
        return new NumberFeature(name, mean, deviation, mayLack, how);
    }

    /**
     * Of the rows at these places.
     *
     * @param weights how often each row counts; one of weight 0 is not looked at
     */
    public static NumberFeature learn(String name, double[] values, double[] weights, int... places) {
        int[] counted = Arrays.stream(places).filter(row -> weights[row] > 0).toArray();
        int[] there =
                Arrays.stream(counted).filter(row -> !Double.isNaN(values[row])).toArray();
        double all = Arrays.stream(there).mapToDouble(row -> weights[row]).sum();
        double mean = there.length == 0
                ? 0
                : Arrays.stream(there)
                                .mapToDouble(row -> weights[row] * values[row])
                                .sum()
                        / all;
        double variance = there.length == 0
                ? 0
                : Arrays.stream(there)
                                .mapToDouble(row -> weights[row] * (values[row] - mean) * (values[row] - mean))
                                .sum()
                        / all;
        return new NumberFeature(name, mean, variance > 0 ? Math.sqrt(variance) : 1, there.length < counted.length);
    }

    @Override
    public int width() {
        return mayLack ? 2 : 1;
    }

    @Override
    public Wanted wanted() {
        return Wanted.number(name).written(written).orNothing();
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
        ObjectNode json = Configs.JSON
                .createObjectNode()
                .put("column", name)
                .put("kind", KIND)
                .put("mean", mean)
                .put("deviation", deviation)
                .put("may_lack", mayLack);
        if (written != null) {
            json.set(WRITTEN, written.json());
        }
        return json;
    }
}
