package org.counterweight.model.part;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The last layer of a classifier: z = h W^T + b.
 *
 * @param weight W, {@code [C, D]}
 * @param bias b, {@code [C]}; null for none
 */
public record LinearHead(Tensor weight, @Nullable Tensor bias) {
    /**
     * The name of the one linear module that a model's head is.
     *
     * @param asks what needs it, for the message
     * @throws ConfigException naming the modules of a head that is more than that
     */
    public static String name(Model model, String asks) {
        List<ModuleSpec> head = model.modules().all().stream()
                .filter(module -> module.head() != null)
                .toList();
        if (head.size() != 1 || head.get(0).kind() != Kind.LINEAR || head.get(0).tiedTo() != null) {
            throw new ConfigException(asks + " needs a head of one linear layer, and this model's is "
                    + (head.isEmpty()
                            ? "none"
                            : head.stream().map(ModuleSpec::name).toList()));
        }
        return head.get(0).name();
    }

    /** The live tensors of the head of that name. */
    public static LinearHead of(Params params, String name) {
        return new LinearHead(params.weight(name + ".weight"), params.find(name + ".bias"));
    }

    /** {@code [B, D] -> [B, C]}. */
    public Tensor logits(Tensor features) {
        return Tensors.linear(features, weight, bias);
    }

    /** A copy without gradient. */
    public LinearHead copy() {
        return new LinearHead(
                weight.detach().clone(), bias == null ? null : bias.detach().clone());
    }

    /** With another weight and the same bias. */
    public LinearHead with(Tensor other) {
        return new LinearHead(other, bias);
    }

    /** Takes the values of {@code other}, in place. */
    public void take(LinearHead other) {
        try (var off = Tensors.noGrad()) {
            weight.copy_(other.weight);
            if (bias != null && other.bias != null) {
                bias.copy_(other.bias);
            }
        }
    }
}
