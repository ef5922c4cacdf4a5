package org.counterweight.balance.stage;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.balance.ClassCounts;
import org.counterweight.balance.SimplexEtf;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.part.LinearHead;
import org.jspecify.annotations.Nullable;

/**
 * A head whose rows are a simplex from the beginning and never move; its bias is trained, and its rows' lengths if the
 * settings say so.
 *
 * @param params the model's with that head
 * @param head its live tensors; the weight is frozen
 * @param norms the rows' lengths where they are trained; else null, and the weight has them
 */
public record EtfHead(
        Params params, LinearHead head, @Nullable EtfNorms norms) {

    /**
     * Puts the rows in place of the weight of the head, in place, and draws its bias from ±1 / D. What is made for it belongs
     * to the open scope.
     *
     * @param name the head's
     * @throws ConfigException if there are fewer features than classes
     */
    public static EtfHead in(Params params, String name, EtfConfig config, ClassCounts counts, Seed seed) {
        String weightName = name + ".weight";
        Tensor weight = params.weights().get(weightName);
        Tensor bias = params.weights().get(name + ".bias");
        if (weight == null || params.parametrized().contains(weightName)) {
            throw new ConfigException("balance.etf fixes " + weightName + ", which an adapter computes; take it out of"
                    + " adapter.targets");
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            var random = seed.generator();
            int features = Math.toIntExact(weight.size(1));
            Tensor rows = SimplexEtf.random(counts.classes(), features, random);
            Tensor lengths = lengths(config, counts);
            weight.requires_grad_(false);
            weight.copy_(config.trainNorms() ? rows : rows.mul(lengths));
            if (bias != null) {
                Tensor drawn = Tensors.zeros(counts.classes())
                        .uniform_(-1.0 / features, 1.0 / features, Tensors.optional(random));
                bias.copy_(drawn);
            }
            if (!config.trainNorms()) {
                return new EtfHead(params, new LinearHead(weight, bias), null);
            }
            var norms = new EtfNorms(
                    scope.keep(Tensors.to(lengths, weight.device()).clone().requires_grad_(true)));
            return new EtfHead(params.parametrized(Map.of(weightName, norms)), new LinearHead(weight, bias), norms);
        }
    }

    /** r_c, the rarest class last, whatever the order of the classes: {@code float32 [C, 1]}. */
    private static Tensor lengths(EtfConfig config, ClassCounts counts) {
        Tensor lengths =
                SimplexEtf.norms(counts.classes(), config.normRate()).index_select(0, Tensors.longs(counts.ranks()));
        return (config.balanced() ? lengths.mul(counts.shortfalls().unsqueeze(1)) : lengths).to(ScalarType.Float);
    }

    /** Computes trained lengths into the weight, so that it alone is the head. */
    public void fold() {
        if (norms != null) {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                head.weight().copy_(norms.weight(head.weight()));
                norms.r().fill_(Tensors.scalar(1));
            }
        }
    }
}
