package org.counterweight.model.fresh;

import java.util.List;
import java.util.Locale;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.graph.MessageNorm;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sizes of a {@link org.counterweight.model.zoo.graph.GraphNetwork} of GraphSAGE's layers: a mean of what neighbours send, beside the
 * node itself.
 */
public record FreshSage(
        @Setting(value = "Output width of each convolution", defaultsTo = "[20, 10]", range = "each at least 1")
        List<Integer> hidden,

        @Setting(
                value = "Widths of linear layers between the last convolution and the classes",
                defaultsTo = "[]",
                range = "each at least 1")
        List<Integer> head,

        @Setting(value = "Share of each layer's outputs that training drops", defaultsTo = "0.1", range = "[0, 1)")
        double dropout,

        @Setting(
                value = "Normalisation of each convolution, over the nodes",
                defaultsTo = "\"none\"",
                oneOf = {"none", "batch"})
        Normalization norm,

        @Setting(
                value = "By what the sum of messages is divided: their number, or how much they count together",
                defaultsTo = "\"unweighted\"",
                oneOf = {"weighted", "unweighted"})
        MessageNorm normalization,

        @Setting(value = "Whether each node's row is scaled to length 1 after a convolution", defaultsTo = "false")
        boolean l2Normalize)
        implements FreshGraphNetwork {
    public FreshSage {
        Checks.ranges(FreshSage.class, "model.architecture", hidden, head, dropout);
        hidden = List.copyOf(hidden);
        head = List.copyOf(head);
        FreshGraphNetwork.check(hidden, norm);
    }

    @Override
    public String type() {
        return "graphsage";
    }

    @Override
    public ObjectNode config(List<Integer> shape) {
        return FreshGraphNetwork.super
                .config(shape)
                .put("normalization", normalization.name().toLowerCase(Locale.ROOT))
                .put("l2_normalize", l2Normalize);
    }
}
