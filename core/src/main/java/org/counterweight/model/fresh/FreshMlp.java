package org.counterweight.model.fresh;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Configs;
import org.counterweight.config.Setting;
import org.counterweight.model.part.Activation;
import tools.jackson.databind.node.ObjectNode;

/** Sizes of an {@link org.counterweight.model.zoo.image.Mlp}: of images, flattened, or of a table's rows. */
public record FreshMlp(
        @Setting(
                value = "Widths of the layers between inputs and head",
                defaultsTo = "[100]",
                range = "each at least 1")
        List<Integer> hidden,

        @Setting(
                value = "The function between two layers",
                defaultsTo = "\"relu\"",
                oneOf = {"relu", "gelu", "silu", "tanh"})
        String activation,

        @Setting(value = "Share of each layer's outputs that training drops", defaultsTo = "0.0", range = "[0, 1)")
        double dropout)
        implements FreshModel {
    public FreshMlp {
        Checks.ranges(FreshMlp.class, "model.architecture", hidden, dropout);
        hidden = List.copyOf(hidden);
        Activation.named(activation, "model.architecture.activation");
    }

    @Override
    public String type() {
        return "mlp";
    }

    @Override
    public boolean needsImages() {
        return false;
    }

    @Override
    public ObjectNode config(List<Integer> shape) {
        ObjectNode config = Configs.JSON.createObjectNode().put("model_type", type());
        config.put("inputs", shape.stream().reduce(1, Math::multiplyExact));
        hidden.forEach(config.putArray("hidden_sizes")::add);
        return config.put("hidden_act", activation).put("dropout", dropout);
    }
}
