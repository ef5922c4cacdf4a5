package org.counterweight.audit;

import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.toDoubles;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/** What the table of words shows by itself, or beside one that is trusted. All tables are {@code [vocabulary, width]}. */
public final class EmbeddingScan {
    private static final long BLOCK = 512;

    /** In place of a length of 0, in float32 too. */
    private static final double TINY = 1e-30;

    /** Keeps the deviation finite where most rows did not change. */
    private static final double FLOOR = 1e-12;

    private EmbeddingScan() {}

    /**
     * How rows differ from those of a trusted table.
     *
     * @param l2 the length of the difference, one a row
     * @param cosine 1 − cos
     * @param z how far l2 lies from the bulk, in robust standard deviations; astronomical where most rows did not change
     * @param usual the median of l2
     */
    public record Changes(double[] l2, double[] cosine, double[] z, double usual) {
        /** The rows of more than {@code limit} deviations; 6 is usual. */
        public List<Integer> beyond(double limit) {
            var rows = new ArrayList<Integer>();
            for (int row = 0; row < z.length; row++) {
                if (z[row] > limit) {
                    rows.add(row);
                }
            }
            return rows;
        }
    }

    public static Changes changes(Tensor suspect, Tensor reference) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            double[] l2 = toDoubles(norm2(suspect.sub(reference), false, 1));
            Tensor cos = Tensors.sum(suspect.mul(reference), false, 1)
                    .div(norm2(suspect, false, 1))
                    .div(norm2(reference, false, 1));
            double[] cosine = toDoubles(cos.neg().add(Tensors.scalar(1)));
            RobustDeviation bulk = RobustDeviation.of(l2, FLOOR);
            double[] z = new double[l2.length];
            for (int row = 0; row < z.length; row++) {
                z[row] = bulk.z(l2[row]);
            }
            return new Changes(l2, cosine, z, bulk.median());
        }
    }

    /**
     * Which other row each row is most like: surgery gives several triggers nearly the same vector.
     *
     * @param cosine to that row
     */
    public record Neighbours(long[] nearest, double[] cosine) {
        /** The rows whose nearest is at least so alike; 0.95 is usual. */
        public List<Integer> nearDuplicates(double limit) {
            var rows = new ArrayList<Integer>();
            for (int row = 0; row < cosine.length; row++) {
                if (cosine[row] >= limit) {
                    rows.add(row);
                }
            }
            return rows;
        }
    }

    /** All rows beside all others, a block at a time; a row of zeros is like none. */
    public static Neighbours neighbours(Tensor suspect) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            int rows = Math.toIntExact(suspect.size(0));
            Tensor unit = suspect.div(norm2(suspect, true, 1).clamp_min(Tensors.scalar(TINY)));
            long[] nearest = new long[rows];
            double[] cosine = new double[rows];
            for (long from = 0; from < rows; from += BLOCK) {
                try (var inner = Scope.open()) {
                    long to = Math.min(rows, from + BLOCK);
                    Tensor cos = torch.matmul(slice(unit, 0, from, to), unit.t()); // [block, rows]
                    slice(cos, 1, from, to).fill_diagonal_(Tensors.scalar(-2));
                    Tensor at = cos.argmax(new LongOptional(1), true);
                    long[] ids = Tensors.toLongs(at);
                    double[] values = toDoubles(cos.gather(1, at));
                    System.arraycopy(ids, 0, nearest, (int) from, ids.length);
                    System.arraycopy(values, 0, cosine, (int) from, values.length);
                }
            }
            return new Neighbours(nearest, cosine);
        }
    }
}
