package org.counterweight.graph.domain;

import java.util.Arrays;
import java.util.function.BinaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.graph.GraphBatch;
import org.counterweight.model.part.graph.Propagation;
import org.counterweight.model.zoo.graph.GraphNetwork;

/**
 * Nodes are mixed with others, each with its own neighbours: Y. Wang et al., "Mixup for Node and Graph Classification", WWW 2021.
 * A convolution sees the neighbours as they are without mixing, and as itself the mix of the layer before; what it makes of one
 * node's neighbours and of the other's is mixed again.
 *
 * @param share μ, that of the node itself, in [0, 1]
 * @param permutation for each place the node that comes there, {@code int64 [nodes]}: itself where nothing is mixed
 */
public record NodeMixup(double share, Tensor permutation) {
    /** @throws IllegalArgumentException if μ is not in [0, 1] */
    public NodeMixup {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("mu: " + share + "; give a number in [0, 1]");
        }
    }

    /**
     * μ ~ Beta(4, 4), and some nodes among themselves in random order; the same for the same seed.
     *
     * @param mixed the nodes that are mixed, those to learn from, {@code int64 [n]}
     * @param nodes how many nodes there are
     */
    public static NodeMixup draw(Seed seed, Tensor mixed, long nodes) {
        double[] uniform = seed.child("share").random().doubles(7).sorted().toArray();
        double share = uniform[3]; // the fourth of seven is distributed so
        int[] order = seed.child("order").permutation(Math.toIntExact(mixed.size(0)));
        Tensor places = Tensors.longs(Arrays.stream(order).asLongStream().toArray());
        Tensor all = torch.arange(new Scalar(nodes), Tensors.options(mixed));
        return new NodeMixup(share, all.index_copy(0, mixed, mixed.index_select(0, places)));
    }

    /** Those that come into the places of rows {@code [nodes, …]}. */
    private Tensor permuted(Tensor rows) {
        return rows.index_select(0, permutation);
    }

    private Tensor mixed(Tensor own, Tensor other) {
        return Tensors.times(own, share).add(Tensors.times(other, 1 - share));
    }

    /**
     * The logits of each place, {@code [nodes, C]}. What comes from the neighbours is linear and moves with the nodes, so that it
     * is computed once for both graphs.
     */
    public Tensor logits(GraphNetwork network, Params params, Batch batch, Pass pass) {
        Propagation propagation = network.layer().propagation(GraphBatch.messages(batch));
        Tensor alone = batch.get(GraphBatch.FEATURES); // neighbours of the next layer
        Tensor mix = mixed(alone, permuted(alone));
        int layers = network.hidden().size();
        for (int i = 0; i < layers; i++) {
            Params layer = network.convolution(params, i);
            Tensor received = network.layer().aggregate(layer, propagation, alone, pass);
            Tensor one = network.layer().combine(layer, received, mix, pass).relu();
            Tensor two = network.layer()
                    .combine(layer, permuted(received), mix, pass)
                    .relu();
            if (i + 1 < layers) {
                Tensor own = network.layer().combine(layer, received, alone, pass);
                alone = network.activated(params, i, alone, own, pass);
            }
            mix = pass.dropout(mixed(one, two), network.dropout());
        }
        return network.head(params, mix, pass).logits();
    }

    /**
     * For each row μ times its loss with its own label, and 1 − μ times that with the label that was mixed in.
     *
     * @param losses of rows by labels
     */
    public Tensor loss(Tensor logits, Tensor labels, BinaryOperator<Tensor> losses) {
        return mixed(losses.apply(logits, labels), losses.apply(logits, permuted(labels)));
    }
}
