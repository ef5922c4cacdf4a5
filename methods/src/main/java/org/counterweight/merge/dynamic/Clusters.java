package org.counterweight.merge.dynamic;

import static org.counterweight.engine.Tensors.toDoubles;
import static org.counterweight.engine.Tensors.toLongs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Which merged model answers which sample. Immutable.
 *
 * @param of the cluster of each sample, from 0
 * @param coefficients that the model of each cluster is made with
 */
public record Clusters(List<Integer> of, List<List<Double>> coefficients) {
    public Clusters {
        of = List.copyOf(of);
        coefficients = coefficients.stream().map(List::copyOf).toList();
    }

    /**
     * Of a mixture.
     *
     * @param labels the cluster of each sample, {@code int64 [N]}
     * @param coefficients of each cluster, {@code [K, M]}
     */
    public static Clusters of(Tensor labels, Tensor coefficients) {
        return new Clusters(
                Arrays.stream(toLongs(labels)).mapToObj(Math::toIntExact).toList(), rows(coefficients));
    }

    /**
     * Every sample has a model of its own; samples of equal coefficients share one.
     *
     * @param coefficients {@code [N, M]}
     */
    public static Clusters apart(Tensor coefficients) {
        Map<List<Double>, Integer> numbers = new LinkedHashMap<>();
        List<Integer> of = new ArrayList<>();
        for (List<Double> own : rows(coefficients)) {
            Integer known = numbers.putIfAbsent(own, numbers.size());
            of.add(known == null ? numbers.size() - 1 : known);
        }
        return new Clusters(of, List.copyOf(numbers.keySet()));
    }

    /** The samples of each cluster that has any, by cluster. */
    public SortedMap<Integer, int[]> samples() {
        var lists = new TreeMap<Integer, List<Integer>>();
        for (int sample = 0; sample < of.size(); sample++) {
            lists.computeIfAbsent(of.get(sample), cluster -> new ArrayList<>()).add(sample);
        }
        var samples = new TreeMap<Integer, int[]>();
        lists.forEach((cluster, list) ->
                samples.put(cluster, list.stream().mapToInt(i -> i).toArray()));
        return samples;
    }

    private static List<List<Double>> rows(Tensor matrix) {
        double[] all = toDoubles(matrix);
        int width = Math.toIntExact(matrix.size(1));
        List<List<Double>> rows = new ArrayList<>();
        for (int from = 0; from < all.length; from += width) {
            rows.add(Arrays.stream(all, from, from + width).boxed().toList());
        }
        return rows;
    }
}
