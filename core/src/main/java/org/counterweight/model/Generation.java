package org.counterweight.model;

import static org.bytedeco.pytorch.global.torch.softmax;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * How a decoder goes on with a text: the likeliest token each time, or one drawn from the model's distribution after it was
 * sharpened and cut, in the order of the transformers library: temperature, top k, top p.
 *
 * <p>A. Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020, section 3.1 (top p).
 */
public record Generation(
        @Setting(value = "Most tokens to add", defaultsTo = "50", range = "at least 1")
        int maxNewTokens,

        @Setting(
                value = "Logits are divided by it before a token is drawn; 0 takes the likeliest",
                defaultsTo = "0.0",
                range = "at least 0; 0.7 to 1 is usual")
        double temperature,

        @Setting(value = "Draw from the k likeliest tokens only; 0 for all", defaultsTo = "0", range = "at least 0")
        int topK,

        @Setting(
                value = "Draw from the fewest tokens that hold this share of the probability",
                defaultsTo = "1.0",
                range = "(0, 1]")
        double topP,

        @Setting(value = "Where every random number comes from", defaultsTo = "0")
        long seed) {

    public Generation {
        if (maxNewTokens < 1) {
            throw new ConfigException("max_new_tokens", maxNewTokens, "an integer of at least 1");
        }
        if (!(temperature >= 0 && Double.isFinite(temperature))) {
            throw new ConfigException("temperature", temperature, "0 for the likeliest token, or a number above it");
        }
        if (topK < 0) {
            throw new ConfigException("top_k", topK, "an integer of at least 0");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new ConfigException("top_p", topP, "a share in (0, 1]");
        }
    }

    /**
     * Goes on with one text.
     *
     * @param params in effect without gradients; merged ones are faster
     * @param prompt at least one token
     * @param ends tokens that end the text
     * @param row the number of the text, so that each has random numbers of its own
     * @return the tokens added, without the one that ended them
     */
    public long[] extend(Model model, Params params, long[] prompt, Set<Long> ends, int row) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("the prompt has no token to go on from");
        }
        long[] begin = model.answerStart().isPresent()
                ? new long[] {model.answerStart().getAsLong()}
                : prompt;
        long[] text = Arrays.copyOf(begin, begin.length + maxNewTokens);
        int length = begin.length;
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                var past = new Past()) {
            Generator random = new Seed(seed).child(row).generator();
            while (length < text.length) {
                if (past.length() <= model.longestRemembered() && length > model.longestRemembered()) {
                    past.forget();
                }
                long[] fresh = Arrays.copyOfRange(text, Math.toIntExact(past.length()), length);
                long next = next(model, params, prompt, fresh, past, random);
                if (ends.contains(next)) {
                    break;
                }
                text[length++] = next;
            }
        }
        return Arrays.copyOfRange(text, begin.length, length);
    }

    private long next(Model model, Params params, long[] prompt, long[] fresh, Past past, Generator random) {
        try (var scope = Scope.open()) {
            Tensor ids = Tensors.longs(fresh, 1, fresh.length);
            Map<String, Tensor> inputs = model.answerStart().isPresent()
                    ? Map.of(Batch.INPUT_IDS, Tensors.longs(prompt, 1, prompt.length), Batch.DECODER_INPUT_IDS, ids)
                    : Map.of(Batch.INPUT_IDS, ids);
            var batch = new Batch(inputs).to(params.device());
            Output read = model.forward(params, batch, Pass.after(past));
            Tensor logits = read.head().apply(read.hidden().select(1, -1)); // of the last token alone
            return choose(logits.view(-1).to(ScalarType.Float).cpu(), random); // one seed, one text, on every device
        }
    }

    /** A token by its logits {@code [vocabulary]}. */
    long choose(Tensor logits, Generator random) {
        if (temperature == 0) {
            return logits.argmax(new LongOptional(0), false).item_long();
        }
        var sorted = torch.sort(logits.div(Tensors.scalar(temperature)), 0, true);
        Tensor best = new Tensor(sorted.get0());
        long kept = topK == 0 ? best.size(0) : Math.min(topK, best.size(0));
        Tensor p = softmax(Tensors.slice(best, 0, 0, kept), 0);
        Tensor before = torch.cumsum(p, 0).sub(p); // the likeliest has nothing before it, and always stays
        Tensor drawn = torch.multinomial(
                p.masked_fill(before.ge(Tensors.scalar(topP)), Tensors.scalar(0)), 1, false, Tensors.optional(random));
        return new Tensor(sorted.get1()).index_select(0, drawn).item_long();
    }
}
