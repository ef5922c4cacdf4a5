package org.counterweight.studies.shift;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.times;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;

/**
 * Rows of two classes and two groups with given shares of the cells: classes are normal in the plane, and how likely a row is of
 * the group z = 1 follows from where it lies when turned by 45 degrees.
 *
 * @param x (x1, x2, z), {@code [n, 3]}
 * @param cells of the rows
 */
record CorrelatedGroups(Tensor x, Cells cells) {
    private static final int POOL = 10_000;

    /** Rows drawn from a pool of their own. */
    static CorrelatedGroups of(int rows, CellShares shares, Seed seed) {
        int positives = Math.toIntExact(IntStream.range(0, POOL)
                .filter(i -> seed.child("y").child(i).random().nextBoolean())
                .count());
        Tensor normal = torch.zeros(new long[] {POOL, 2}, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(seed.child("x").generator()));
        Tensor one = correlated(Tensors.slice(normal, 0, 0, positives), 5, 1, 5, 2);
        Tensor other = correlated(Tensors.slice(normal, 0, positives, POOL), 10, 1, 3, -2);
        Tensor x = torch.cat(new TensorVector(one, other), 0);
        double root = Math.sqrt(0.5);
        Tensor turned = x.matmul(doubles(new double[] {root, -root, root, root}, 2, 2));
        Tensor likely = density(turned, 5, 1, 5, 2);
        Tensor share = likely.div(likely.add(density(turned, 10, 1, 3, -2)));
        Tensor z = torch.zeros(new long[] {POOL}, x.options())
                .uniform_(0, 1, Tensors.optional(seed.child("z").generator()))
                .lt(share)
                .to(ScalarType.Double);
        Tensor y = torch.ones(new long[] {POOL}, x.options());
        Tensors.slice(y, 0, positives, POOL).fill_(Tensors.scalar(-1));
        Tensor all = torch.cat(new TensorVector(x, z.unsqueeze(1)), 1);
        return chosen(all, y, z, rows, shares, seed);
    }

    private static CorrelatedGroups chosen(Tensor x, Tensor y, Tensor z, int rows, CellShares shares, Seed seed) {
        Cells pool = Cells.of(y, z);
        int[] picked = new int[0];
        for (int k = 0; k < CellShares.CELLS; k++) {
            int[] of = pool.rows(k);
            int[] order = seed.child("cell").child(k).permutation(of.length);
            int count = (int) Math.round(rows * shares.toArray()[k]);
            int[] some = Arrays.stream(order).limit(count).map(i -> of[i]).toArray();
            picked =
                    IntStream.concat(Arrays.stream(picked), Arrays.stream(some)).toArray();
        }
        Tensor index = Tensors.longs(Arrays.stream(picked).asLongStream().toArray());
        return new CorrelatedGroups(
                x.index_select(0, index), Cells.of(y.index_select(0, index), z.index_select(0, index)));
    }

    /** Standard normal rows made N((m, m), [[a, b], [b, c]]). */
    private static Tensor correlated(Tensor normal, double a, double b, double c, double m) {
        double first = Math.sqrt(a);
        double rest = Math.sqrt(c - b * b / a);
        return plus(normal.matmul(doubles(new double[] {first, b / first, 0, rest}, 2, 2)), m);
    }

    private static Tensor density(Tensor x, double a, double b, double c, double m) {
        double determinant = a * c - b * b;
        Tensor u = plus(x.select(1, 0), -m);
        Tensor v = plus(x.select(1, 1), -m);
        Tensor square = times(u.square(), c).sub(times(u.mul(v), 2 * b)).add(times(v.square(), a));
        return times(times(square, -0.5 / determinant).exp(), 1 / (2 * Math.PI * Math.sqrt(determinant)));
    }
}
