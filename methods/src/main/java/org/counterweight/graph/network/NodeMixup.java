package org.counterweight.graph.network;

import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.layer.Messages;
import org.counterweight.graph.layer.Normalization;
import org.counterweight.graph.layer.Propagation;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/**
 * Two convolutions in which nodes are mixed with others, each with its own neighbours: Y. Wang et al., "Mixup for Node and Graph
 * Classification", WWW 2021. A layer is S (W h) + V h_self + b; the weights are {@code conv1} and {@code conv2} with {@code
 * weight} W, {@code weight_self} V and {@code bias}, and {@code cls}.
 *
 * @param dropout the probability after each layer's mix, in training
 */
public record NodeMixup(double dropout) {
    /**
     * Who is mixed with whom.
     *
     * @param share μ, that of the node itself, in [0, 1]
     * @param permutation for each place the node that comes there, {@code int64 [nodes]}: itself outside of training
     */
    public record Mix(double share, Tensor permutation) {
        /** @throws IllegalArgumentException if μ is not in [0, 1] */
        public Mix {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("mu: " + share + "; give a number in [0, 1]");
            }
        }

        /**
         * μ ~ Beta(4, 4), and training nodes among themselves in random order; the same for the same seed.
         *
         * @param train the training nodes, {@code int64 [n]}
         * @param nodes how many nodes
         */
        public static Mix draw(Seed seed, Tensor train, long nodes) {
            double[] uniform = seed.child("share").random().doubles(7).sorted().toArray();
            double share = uniform[3]; // the fourth of seven is distributed so
            int[] order = seed.child("order").permutation(Math.toIntExact(train.size(0)));
            Tensor places = Tensors.longs(Arrays.stream(order).asLongStream().toArray());
            Tensor all = torch.arange(new Scalar(nodes)).to(ScalarType.Long);
            return new Mix(share, all.index_copy(0, train, train.index_select(0, places)));
        }

        /** The graph with the nodes in their new places; its edges stay in order, so that their weights apply. */
        public Messages permuted(Messages messages) {
            return messages.renumbered(permutation.argsort());
        }

        private Tensor permuted(Tensor rows) {
            return rows.index_select(0, permutation);
        }

        private Tensor of(Tensor own, Tensor other) {
            return Tensors.times(own, share).add(Tensors.times(other, 1 - share));
        }

        /** μ CE(labels) + (1 − μ) CE(permuted labels), means over some nodes. */
        public Tensor loss(Tensor logits, Tensor labels, Tensor nodes) {
            return of(Losses.classes(logits, labels, nodes), Losses.classes(logits, permuted(labels), nodes));
        }
    }

    /** The logits of each place, {@code [nodes, C]}. */
    public Tensor logits(Params params, Messages messages, Normalization normalization, Tensor x, Mix mix, Pass pass) {
        Propagation own = Propagation.symmetric(messages, normalization);
        Propagation other = Propagation.symmetric(mix.permuted(messages), normalization);
        Params first = params.at("conv1");
        Params second = params.at("conv2");
        Tensor alone = pass.dropout(layer(first, own, x, x).relu(), dropout); // neighbours of the next layer
        Tensor mixed = mix.of(x, mix.permuted(x));
        mixed = layers(first, own, other, x, mixed, mix, pass);
        mixed = layers(second, own, other, alone, mixed, mix, pass);
        Params head = params.at("cls");
        return Tensors.linear(mixed, head.weight("weight"), head.weight("bias"));
    }

    /** Each place's mix among the neighbours of one and of the other. */
    private Tensor layers(
            Params params, Propagation own, Propagation other, Tensor h, Tensor self, Mix mix, Pass pass) {
        Tensor one = layer(params, own, h, self).relu();
        Tensor two = layer(params, other, mix.permuted(h), self).relu();
        return pass.dropout(mix.of(one, two), dropout);
    }

    private static Tensor layer(Params params, Propagation propagation, Tensor h, Tensor self) {
        Tensor received = propagation.apply(Tensors.linear(h, params.weight("weight"), null));
        return received.add(Tensors.linear(self, params.weight("weight_self"), params.weight("bias")));
    }
}
