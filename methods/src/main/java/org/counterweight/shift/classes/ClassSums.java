package org.counterweight.shift.classes;

import java.util.SortedMap;
import java.util.TreeMap;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Role;
import org.counterweight.shift.Sums;

/** How many rows each class has; a row with a weight counts as often. */
public record ClassSums() implements Sums<SortedMap<Integer, Double>, SortedMap<Integer, Double>> {
    @Override
    public SortedMap<Integer, Double> zero() {
        return new TreeMap<>();
    }

    @Override
    public SortedMap<Integer, Double> add(SortedMap<Integer, Double> sum, Chunk rows) {
        double[] labels = rows.values(Role.LABEL);
        double[] weights = rows.weights();
        var counts = new TreeMap<>(sum);
        for (int i = 0; i < labels.length; i++) {
            counts.merge((int) labels[i], weights[i], Double::sum);
        }
        return counts;
    }

    @Override
    public SortedMap<Integer, Double> join(SortedMap<Integer, Double> one, SortedMap<Integer, Double> other) {
        var counts = new TreeMap<>(one);
        other.forEach((label, count) -> counts.merge(label, count, Double::sum));
        return counts;
    }

    @Override
    public SortedMap<Integer, Double> result(SortedMap<Integer, Double> sum) {
        return sum;
    }
}
