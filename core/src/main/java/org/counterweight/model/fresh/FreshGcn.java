package org.counterweight.model.fresh;

import java.util.List;
import java.util.Locale;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.graph.MessageNorm;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sizes of a {@link org.counterweight.model.zoo.graph.GraphNetwork} of GCN's layers: a sum of what neighbours send, over the roots of
 * both degrees.
 */
public record FreshGcn(
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
                value = "What degrees count: messages as they are weighed, which keeps the scale under reweigh_edges,"
                        + " or their number",
                defaultsTo = "\"weighted\"",
                oneOf = {"weighted", "unweighted"})
        MessageNorm normalization,

        @Setting(value = "Whether each node sends to itself too", defaultsTo = "true")
        boolean addSelfLoops,

        @Setting(value = "Whether the node itself has a weight of its own, as in node Mixup", defaultsTo = "false")
        boolean rootWeight)
        implements FreshGraphNetwork {
    public FreshGcn {
        Checks.ranges(FreshGcn.class, "model.architecture", hidden, head, dropout);
        hidden = List.copyOf(hidden);
        head = List.copyOf(head);
        FreshGraphNetwork.check(hidden, norm);
    }

    @Override
    public String type() {
        return "gcn";
    }

    @Override
    public ObjectNode config(List<Integer> shape) {
        return FreshGraphNetwork.super
                .config(shape)
                .put("normalization", normalization.name().toLowerCase(Locale.ROOT))
                .put("add_self_loops", addSelfLoops)
                .put("root_weight", rootWeight);
    }
}
