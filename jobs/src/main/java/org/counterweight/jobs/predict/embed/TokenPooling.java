package org.counterweight.jobs.predict.embed;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/**
 * How the states of a text's tokens become one vector, as sentence-transformers' {@code Pooling} does it; in the order in
 * which several are put side by side.
 */
public enum TokenPooling {
    CLS("pooling_mode_cls_token") {
        @Override
        Tensor of(Tensor states, Tensor real) {
            return states.select(1, 0);
        }
    },
    MAX("pooling_mode_max_tokens") {
        @Override
        Tensor of(Tensor states, Tensor real) {
            return states.masked_fill(real.eq(scalar(0)), scalar(-1e9)).amax(new long[] {1}, false);
        }
    },
    MEAN("pooling_mode_mean_tokens") {
        @Override
        Tensor of(Tensor states, Tensor real) {
            return sum(states.mul(real), false, 1).div(sum(real, false, 1));
        }
    },
    MEAN_SQRT_LEN_TOKENS("pooling_mode_mean_sqrt_len_tokens") {
        @Override
        Tensor of(Tensor states, Tensor real) {
            return sum(states.mul(real), false, 1).div(sum(real, false, 1).sqrt());
        }
    },
    WEIGHTEDMEAN("pooling_mode_weightedmean_tokens") {
        @Override
        Tensor of(Tensor states, Tensor real) {
            Tensor place = torch.arange(scalar(1), scalar(states.size(1) + 1), Tensors.options(states))
                    .view(1, -1, 1);
            Tensor weights = real.mul(place);
            return sum(states.mul(weights), false, 1).div(sum(weights, false, 1));
        }
    },
    LASTTOKEN("pooling_mode_lasttoken") {
        @Override
        Tensor of(Tensor states, Tensor real) {
            Tensor place = torch.arange(scalar(1), scalar(states.size(1) + 1), Tensors.options(states))
                    .view(1, -1, 1);
            Tensor last = real.mul(place).argmax(new LongOptional(1), false); // [rows, 1]
            long[] wide = {states.size(0), 1, states.size(2)};
            return states.gather(1, last.view(-1, 1, 1).expand(wide)).squeeze(1);
        }
    };

    private final String key;

    TokenPooling(String key) {
        this.key = key;
    }

    /** Its flag in {@code 1_Pooling/config.json}. */
    String key() {
        return key;
    }

    /**
     * A vector a text.
     *
     * @param states {@code [rows, tokens, width]}
     * @param real {@code [rows, tokens, 1]}: 1 where there is a token, 0 behind the last
     */
    abstract Tensor of(Tensor states, Tensor real);

    /** The same by a mask of whole numbers, {@code int64 [rows, tokens]}. */
    Tensor masked(Tensor states, Tensor mask) {
        return of(states, mask.unsqueeze(2).to(ScalarType.Float));
    }
}
