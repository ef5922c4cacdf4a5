package org.counterweight.model.part.layer;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Shapes;

/**
 * A mixture of gated feed-forward parts, of which each token is seen by a few. N. Shazeer et al., "Outrageously Large Neural
 * Networks: The Sparsely-Gated Mixture-of-Experts Layer", ICLR 2017; A. Q. Jiang et al., "Mixtral of Experts", 2024.
 *
 * @param router the module with a row for each expert
 * @param experts the list of them; each has {@code gate}, {@code up} and {@code down}
 * @param chosen how many see a token
 * @param normed whether the shares of those that see a token sum to one, or are what all experts' shares leave them
 */
public record Experts(
        String router,
        String experts,
        String gate,
        String up,
        String down,
        Activation activation,
        int intermediate,
        int count,
        int chosen,
        boolean normed)
        implements FeedForward {

    @Override
    public Tensor apply(Params layer, Tensor x, double dropout, Pass pass) {
        Tensor mixed = mixed(layer, x.reshape(-1, x.size(-1)), pass).view(Tensors.shape(x));
        return layer.tap(out(), x, pass.dropout(mixed, dropout), pass);
    }

    /** @param x {@code [tokens, width]} */
    private Tensor mixed(Params layer, Tensor x, Pass pass) {
        Tensor scores = layer.linear(router, x, pass);
        boolean isDouble = scores.scalar_type().intern() == ScalarType.Double;
        Tensor shares = softmax(isDouble ? scores : scores.to(ScalarType.Float), -1); // never in half precision
        var best = torch.topk(shares, chosen, -1, true, true);
        Tensor share = new Tensor(best.get0()); // [tokens, chosen]
        Tensor numbers = new Tensor(best.get1());
        if (normed) {
            share = share.div(sum(share, true, -1));
        }
        Tensor mixed = torch.zeros_like(x);
        for (int i = 0; i < count; i++) {
            Tensor sees = numbers.eq(scalar(i));
            Tensor tokens = sees.any(-1).nonzero().view(-1);
            if (tokens.size(0) == 0) {
                continue;
            }
            Tensor weight = sum(share.mul(sees), true, -1).index_select(0, tokens); // [seen, 1]
            Tensor said = expert(layer.at(experts + "." + i), x.index_select(0, tokens), pass);
            mixed = mixed.index_add(0, tokens, Tensors.as(said.mul(weight), mixed));
        }
        return mixed;
    }

    private Tensor expert(Params expert, Tensor x, Pass pass) {
        Tensor gated = activation.apply(expert.linear(gate, x, pass)).mul(expert.linear(up, x, pass));
        return expert.linear(down, gated, pass);
    }

    /** The list of experts: the point where what the mixture gives is tapped. */
    @Override
    public String out() {
        return experts;
    }

    @Override
    public Shapes shapes(Shapes shapes, String layer, long width) {
        shapes.linear(layer + router, count, width, false);
        for (int i = 0; i < count; i++) {
            String expert = layer + experts + "." + i + ".";
            shapes.linear(expert + gate, intermediate, width, false)
                    .linear(expert + up, intermediate, width, false)
                    .linear(expert + down, width, intermediate, false);
        }
        return shapes;
    }
}
