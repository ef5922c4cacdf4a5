package org.counterweight.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.Nodes;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * A contextual stochastic block model: features of each node are normal around the mean of its class, and two nodes are linked
 * with a probability that depends on their classes alone. Y. Deshpande et al., "Contextual Stochastic Block Models", NeurIPS 2018.
 * What is drawn and held is in proportion to the edges.
 *
 * @param sizes how many nodes each class has
 * @param within the probability of a link between two nodes of one class
 * @param between that between two of different classes
 * @param means of the features, a list a class
 * @param deviation of each feature from its mean
 */
public record Csbm(List<Integer> sizes, double within, double between, List<List<Double>> means, double deviation) {
    /** @throws IllegalArgumentException if a number is out of its range, or classes have not as many features as each other */
    public Csbm {
        sizes = List.copyOf(sizes);
        means = means.stream().map(List::copyOf).toList();
        if (sizes.isEmpty() || sizes.stream().anyMatch(size -> size < 2)) {
            throw new IllegalArgumentException("csbm: sizes are " + sizes + "; give each class at least 2 nodes");
        }
        if (!(within >= 0 && within <= 1 && between >= 0 && between <= 1)) {
            throw new IllegalArgumentException(
                    "csbm: links have probabilities of " + within + " and " + between + "; give numbers in [0, 1]");
        }
        if (means.size() != sizes.size()
                || means.stream().map(List::size).distinct().count() != 1) {
            throw new IllegalArgumentException(
                    "csbm: give each of the " + sizes.size() + " classes a mean, all as long");
        }
        if (!(deviation >= 0) || Double.isInfinite(deviation)) {
            throw new IllegalArgumentException("csbm: deviation is " + deviation + "; give a number of at least 0");
        }
    }

    /**
     * That of StruRW's authors, of this many nodes a class: three classes with means (−1, 0), (1, 0) and (3, 2), a deviation of
     * 0.8.
     */
    public static Csbm ofThree(int nodes, double within, double between) {
        return new Csbm(
                List.of(nodes, nodes, nodes),
                within,
                between,
                List.of(List.of(-1.0, 0.0), List.of(1.0, 0.0), List.of(3.0, 2.0)),
                0.8);
    }

    /** A graph whose links stand in both directions, class by class; it belongs to the open scope. */
    public Graph draw(Seed seed) {
        try (var scope = Scope.open()) {
            Generator random = seed.generator();
            int classes = sizes.size();
            Tensor counts =
                    Tensors.longs(sizes.stream().mapToLong(Integer::longValue).toArray());
            Tensor labels = torch.repeat_interleave(counts);
            int width = means.get(0).size();
            double[] centres = means.stream()
                    .flatMap(List::stream)
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            Tensor x = Tensors.doubles(centres, classes, width)
                    .index_select(0, labels)
                    .to(ScalarType.Float);
            Tensor noise = torch.empty_like(x).normal_(0, deviation == 0 ? 1 : deviation, Tensors.optional(random));
            Tensor features = deviation == 0 ? x : x.add(noise);
            Tensor links = links(random);
            Tensor edges = torch.cat(new TensorVector(links, links.flip(0)), 1);
            List<String> names =
                    IntStream.range(0, classes).mapToObj(Integer::toString).toList();
            return new Graph(
                    new Nodes(scope.keep(features), scope.keep(labels), names, List.of(), null),
                    scope.keep(edges),
                    null);
        }
    }

    /** Each once, {@code int64 [2, links]}. */
    private Tensor links(Generator random) {
        var parts = new ArrayList<Tensor>();
        long from = 0;
        for (int a = 0; a < sizes.size(); a++) {
            long to = 0;
            for (int b = 0; b <= a; b++) {
                parts.add(
                        a == b
                                ? inside(from, sizes.get(a), random)
                                : across(from, to, sizes.get(a), sizes.get(b), random));
                to += sizes.get(b);
            }
            from += sizes.get(a);
        }
        return torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 1);
    }

    private Tensor inside(long from, long size, Generator random) {
        Tensor codes = distinct(size * (size - 1) / 2, within, random, many -> {
            Tensor one = below(size, many, random);
            Tensor other = below(size - 1, many, random);
            other = other.add(other.ge(one).to(ScalarType.Long)); // any but the one
            return one.minimum(other).mul(new Scalar(size)).add(one.maximum(other));
        });
        return ends(codes, size, from, from);
    }

    private Tensor across(long from, long to, long size, long other, Generator random) {
        return ends(
                distinct(size * other, between, random, many -> below(size * other, many, random)), other, from, to);
    }

    private static Tensor ends(Tensor codes, long base, long from, long to) {
        Tensor first = codes.floor_divide(new Scalar(base));
        Tensor second = codes.sub(first.mul(new Scalar(base)));
        return torch.stack(new TensorVector(first.add(new Scalar(from)), second.add(new Scalar(to))), 0);
    }

    private static Tensor below(long end, long many, Generator random) {
        Tensor uniform = torch.zeros(new long[] {many}, Tensors.options(ScalarType.Double))
                .uniform_(0, 1, Tensors.optional(random));
        return Tensors.times(uniform, end).floor().to(ScalarType.Long).clamp_max(new Scalar(end - 1));
    }

    private interface Codes {
        Tensor draw(long many);
    }

    /** Of so many pairs each with that probability: how many is binomial, and which they are is drawn until all are different. */
    private static Tensor distinct(long pairs, double probability, Generator random, Codes codes) {
        Tensor all = Tensors.doubles(new double[] {pairs});
        Tensor chance = Tensors.doubles(new double[] {probability});
        long wanted = torch.binomial(all, chance, Tensors.optional(random))
                .to(ScalarType.Long)
                .item_long();
        Tensor found = Tensors.longs(new long[0]);
        while (found.size(0) < wanted) {
            long missing = wanted - found.size(0);
            Tensor more = codes.draw(missing + missing / 8 + 8);
            Tensor both = torch.cat(new TensorVector(found, more), 0);
            found = new Tensor(torch.unique_consecutive(both.sort().get0()).get0());
        }
        Tensor order = torch.zeros(new long[] {found.size(0)}, Tensors.options(ScalarType.Double))
                .uniform_(0, 1, Tensors.optional(random))
                .argsort();
        return found.index_select(0, Tensors.slice(order, 0, 0, wanted));
    }
}
