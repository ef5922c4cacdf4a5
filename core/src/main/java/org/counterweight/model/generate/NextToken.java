package org.counterweight.model.generate;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;

/**
 * The distribution of the next token, changed in the order of the transformers library: repetition penalty, temperature, top
 * k, top p, min p.
 *
 * <p>N. S. Keskar et al., "CTRL: A Conditional Transformer Language Model for Controllable Generation", 2019, section 4.1
 * (repetition penalty); A. Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020, section 3.1 (top p);
 * M. Nguyen et al., "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs", ICLR 2025 (min p).
 *
 * @param repetitionPenalty ρ: the logit of each token that stands in the text already is divided by it, or multiplied where
 *     it is negative; 1 for none
 * @param temperature logits are divided by it; 0 takes the likeliest token
 * @param topK only the k likeliest, and those as likely as the last of them; 0 for all
 * @param topP only the fewest likeliest whose probabilities reach it; 1 for all
 * @param minP only those at least so likely, as a share of the likeliest's probability; 0 for all
 */
public record NextToken(double repetitionPenalty, double temperature, int topK, double topP, double minP) {
    private static final double NEVER = Double.NEGATIVE_INFINITY;

    public NextToken {
        if (!(repetitionPenalty > 0 && Double.isFinite(repetitionPenalty))) {
            throw new ConfigException(
                    "repetition_penalty", repetitionPenalty, "a number above 0; 1 for none, 1 to 1.5 is usual");
        }
        if (!(temperature >= 0 && Double.isFinite(temperature))) {
            throw new ConfigException("temperature", temperature, "0 for the likeliest token, or a number above it");
        }
        if (topK < 0) {
            throw new ConfigException("top_k", topK, "an integer of at least 0; 0 for all tokens");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new ConfigException("top_p", topP, "a share in (0, 1]; 1 for all tokens");
        }
        if (!(minP >= 0 && minP < 1)) {
            throw new ConfigException("min_p", minP, "a share in [0, 1); 0 for all tokens, 0.05 to 0.1 is usual");
        }
    }

    /** Whether nothing is drawn: {@link #likeliest} says the token. */
    public boolean isGreedy() {
        return temperature == 0;
    }

    /** Whether it matters which tokens stand in a text already. */
    public boolean looksBack() {
        return repetitionPenalty != 1;
    }

    /**
     * The likeliest next tokens after the repetition penalty, {@code int64 [rows]}.
     *
     * @param logits {@code [rows, vocabulary]}
     * @param ids of the texts so far, {@code int64 [rows, length]}
     */
    public Tensor likeliest(Tensor logits, Tensor ids) {
        return new Tensor(torch.max(penalized(logits, ids), -1L, false)
                .get1()); // argmax takes three times as long on a processor
    }

    /**
     * What the next tokens are drawn from, {@code [rows, vocabulary]}.
     *
     * @param logits {@code [rows, vocabulary]}
     * @param ids of the texts so far, {@code int64 [rows, length]}
     * @throws IllegalStateException if nothing is drawn
     */
    public Tensor probabilities(Tensor logits, Tensor ids) {
        if (isGreedy()) {
            throw new IllegalStateException("a temperature of 0 draws nothing: it takes the likeliest token");
        }
        Tensor kept = nucleus(best(penalized(logits, ids).div(scalar(temperature))));
        return softmax(likely(kept), -1);
    }

    /**
     * The tokens at these places of the distributions, {@code int64 [rows]}: the first whose probability, with those of all
     * tokens before it, exceeds the place.
     *
     * @param probabilities {@code [rows, vocabulary]}
     * @param places one a row, in [0, 1)
     */
    public static Tensor at(Tensor probabilities, double... places) {
        Tensor reached = probabilities.to(ScalarType.Double).cumsum(-1);
        Tensor whole = Tensors.slice(reached, -1, reached.size(-1) - 1, reached.size(-1)); // not quite 1
        Tensor asked = Tensors.doubles(places, places.length, 1).mul(whole);
        return Tensors.sum(reached.le(asked).to(ScalarType.Long), false, -1);
    }

    private Tensor penalized(Tensor logits, Tensor ids) {
        if (!looksBack()) {
            return logits;
        }
        Tensor seen = logits.gather(1, ids);
        Tensor less =
                torch.where(seen.lt(scalar(0)), times(seen, repetitionPenalty), seen.div(scalar(repetitionPenalty)));
        return logits.scatter(1, ids, less);
    }

    private Tensor best(Tensor logits) {
        if (topK == 0 || topK >= logits.size(-1)) {
            return logits;
        }
        Tensor kept = new Tensor(torch.topk(logits, topK).get0());
        return logits.masked_fill(logits.lt(kept.select(-1, -1).unsqueeze(-1)), scalar(NEVER));
    }

    /** From the least likely on, tokens go as long as all that went hold no more than 1 − p; the likeliest stays. */
    private Tensor nucleus(Tensor logits) {
        if (topP == 1) {
            return logits;
        }
        var sorted = torch.sort(logits, new BoolOptional(true), -1, false);
        Tensor order = new Tensor(sorted.get1());
        Tensor goes = softmax(new Tensor(sorted.get0()), -1).cumsum(-1).le(scalar(1 - topP));
        goes.select(-1, -1).fill_(scalar(0));
        return logits.masked_fill(goes.scatter(-1, order, goes), scalar(NEVER));
    }

    private Tensor likely(Tensor logits) {
        if (minP == 0) {
            return logits;
        }
        Tensor least = Tensors.plus(logits.amax(new long[] {-1}, true), Math.log(minP));
        return logits.masked_fill(logits.lt(least), scalar(NEVER));
    }
}
