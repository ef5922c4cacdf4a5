package org.counterweight.incremental.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.incremental.Herding;
import org.counterweight.train.measure.HeadFeatures;

/** Which rows of which class are kept, the most telling first. */
public final class ExemplarPicks {
    private ExemplarPicks() {}

    /**
     * Picks rows of each of some classes.
     *
     * @param features of rows among which these classes are, in their order
     * @param classes which ones
     * @param quota rows of each
     * @return for each of the classes places in {@code features}
     * @throws ConfigException if the features of a class are all 0, so that none tells more than another
     */
    public static List<int[]> of(HeadFeatures features, List<Integer> classes, int quota, Herding herding, Seed seed) {
        long[] labels = Tensors.toLongs(features.labels());
        var picks = new ArrayList<int[]>();
        for (int wanted : classes) {
            try (var scope = Scope.open()) {
                int[] own = IntStream.range(0, labels.length)
                        .filter(row -> labels[row] == wanted)
                        .toArray();
                Tensor values = features.values()
                        .index_select(
                                0,
                                Tensors.longs(IntStream.of(own).asLongStream().toArray()));
                if (own.length > 0 && values.abs().max().item_double() == 0) {
                    throw new ConfigException(
                            "all features of class " + wanted + " are 0, so that no row of it stands for"
                                    + " the others; the training went astray: lower train.lr");
                }
                int[] chosen = herding.pick(values, quota, seed.child(wanted), Herding.EPS);
                picks.add(IntStream.of(chosen).map(place -> own[place]).toArray());
            }
        }
        return picks;
    }

    /** Says of how many classes all rows are kept, since they have fewer than the quota. */
    public static void tellShort(List<int[]> picks, int quota, Consumer<String> remarks) {
        long few = picks.stream().filter(rows -> rows.length < quota).count();
        if (few > 0) {
            remarks.accept("of " + few + " classes all rows are kept: they have fewer than " + quota);
        }
    }
}
