package org.counterweight.merge.source;

import java.util.regex.Pattern;

/** What names say of tensors, in any architecture. */
public final class TensorNames {
    private static final Pattern FRONT = Pattern.compile("embed|wte|wpe|shared");
    private static final Pattern EMBEDDING =
            Pattern.compile(".*(?:embed_tokens|wte|word_embeddings?|embed_in|shared|tok_embeddings|token_embeddings?)"
                    + "\\.weight|(?:(?:backbone|rwkv|transformer)\\.)?embeddings\\.weight"); // Mamba, RWKV, XLM

    /** What a head adds to or makes of its words: a bias for each, or a decoder tied to the embedding. */
    private static final Pattern WORDS = Pattern.compile(
            "(?:.*\\.)?(?:(?:embed_out|generator_lm_head|lm_loss|pred_layer\\.proj)\\.(?:weight|bias)"
                    + "|lm_head\\.(?:bias|decoder\\.(?:weight|bias))|predictions\\.(?:bias|decoder\\.(?:weight|bias))|vocab_projector\\.(?:weight|bias)|final_logits_bias)");

    /** Heads of words without a name of their own: ModernBERT, InternLM 2, RWKV, GLM. Other models call other heads so. */
    private static final Pattern MAYBE_WORDS = Pattern.compile(
            "decoder\\.(?:weight|bias)|output\\.weight|head\\.weight|transformer\\.output_layer\\.weight");

    /** What some releases of a library store and others compute: positions, masks, angles. */
    private static final Pattern BUFFER =
            Pattern.compile("(?:.*[._])?(?:position_ids|token_type_ids|inv_freq|masked_bias|cos_cached"
                    + "|sin_cached|relative_position_index)|(?:.*\\.)?(?:attn|attention)\\.bias");

    private TensorNames() {}

    /** Whether a loose tensor comes before the layers, as embeddings do; all others come after them. */
    static boolean isFront(String name) {
        return FRONT.matcher(name).find() && !name.contains("embed_out");
    }

    /** Whether the rows of this tensor are tokens. */
    public static boolean hasTokenRows(String name) {
        return mayBeTied(name) || WORDS.matcher(name).matches();
    }

    /** Whether the rows of this tensor are tokens if there are as many as the embedding has. */
    public static boolean mayHaveTokenRows(String name) {
        return MAYBE_WORDS.matcher(name).matches();
    }

    /** Whether it is the table of input embeddings. */
    public static boolean isEmbedding(String name) {
        return EMBEDDING.matcher(name).matches();
    }

    /** Whether it is one of the two matrices of words that may be tied: the input embedding, or the head. */
    public static boolean mayBeTied(String name) {
        return isHead(name) || isEmbedding(name);
    }

    public static boolean isHead(String name) {
        return name.equals("lm_head.weight") || name.endsWith(".lm_head.weight");
    }

    /**
     * Whether it follows from the config, so that a model may lack it.
     *
     * @param shape of a mask over positions the first two lengths are 1; a bias with other shapes is learnt
     */
    public static boolean isBuffer(String name, long... shape) {
        if (!BUFFER.matcher(name).matches()) {
            return false;
        }
        return !name.endsWith("n.bias") || shape.length == 4 && shape[0] == 1 && shape[1] == 1;
    }
}
