package org.counterweight.model.fresh;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.model.part.Normalization;

/**
 * Sizes of a {@link org.counterweight.model.zoo.graph.GraphNetwork} of GIN's layers: a sum of what neighbours send, of which the number
 * counts.
 */
public record FreshGin(
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
        Normalization norm)
        implements FreshGraphNetwork {
    public FreshGin {
        Checks.ranges(FreshGin.class, "model.architecture", hidden, head, dropout);
        hidden = List.copyOf(hidden);
        head = List.copyOf(head);
        FreshGraphNetwork.check(hidden, norm);
    }

    @Override
    public String type() {
        return "gin";
    }
}
