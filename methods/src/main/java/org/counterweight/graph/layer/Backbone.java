package org.counterweight.graph.layer;

import org.counterweight.model.Params;

/** Which convolutions a network is made of. */
public enum Backbone {
    /** {@link Gcn}: weights {@code weight}, {@code bias}. */
    GCN {
        @Override
        public Propagation propagation(Messages messages, Normalization normalization) {
            return Propagation.symmetric(messages, normalization);
        }

        @Override
        public Convolution layer(Params params) {
            return new Gcn(params.weight("weight"), params.weight("bias"));
        }
    },
    /** {@link Sage}, without normalised rows: weights {@code lin.weight}, {@code lin.bias}, {@code agg.weight}, {@code agg.bias}. */
    GS {
        @Override
        public Propagation propagation(Messages messages, Normalization normalization) {
            return Propagation.mean(messages, normalization);
        }

        @Override
        public Convolution layer(Params params) {
            return new Sage(
                    params.weight("lin.weight"),
                    params.weight("lin.bias"),
                    params.weight("agg.weight"),
                    params.weight("agg.bias"),
                    false);
        }
    };

    /** How its layers sum up messages. */
    public abstract Propagation propagation(Messages messages, Normalization normalization);

    /** The layer whose weights these are. */
    public abstract Convolution layer(Params params);
}
