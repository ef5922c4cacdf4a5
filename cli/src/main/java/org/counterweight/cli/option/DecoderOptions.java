package org.counterweight.cli.option;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.jobs.predict.speech.Chat;
import org.counterweight.jobs.predict.speech.Speech;
import org.counterweight.model.generate.Generation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** What concerns decoders alone. */
public final class DecoderOptions {
    @Option(names = "--perplexity", description = "compute the perplexity of the texts, instead of continuing them")
    private boolean perplexity;

    @Option(names = "--max-new-tokens", paramLabel = "N", description = "most tokens to add (default: 50)")
    private @Nullable Integer maxNewTokens;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "sample tokens, from logits divided by T; 0 takes the likeliest (default: 0)")
    private @Nullable Double temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "sample from the K likeliest tokens only")
    private @Nullable Integer topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "sample from the fewest tokens with a total probability of P")
    private @Nullable Double topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description = "sample from tokens at least P times as likely as the likeliest")
    private @Nullable Double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "R",
            description = "divide the logits of tokens already in the text by R, or multiply them where negative")
    private @Nullable Double repetitionPenalty;

    @Option(
            names = "--stop",
            paramLabel = "WORD",
            description = "end a text before this word; \\n for the end of a line; may be repeated")
    private List<String> stop = List.of();

    @Option(names = "--batch", paramLabel = "N", description = "texts at once (default: 32)")
    private @Nullable Integer batch;

    @Option(names = "--stream", description = "print each text as it is written, without JSON")
    private boolean stream;

    @Option(
            names = "--chat",
            description =
                    "say the texts to a chat model, in the form of its own template; a text that is a JSON list of"
                            + " messages with roles is a whole conversation")
    private boolean chat;

    @Option(names = "--system", paramLabel = "TEXT", description = "with --chat: the system message")
    private @Nullable String system;

    @Option(
            names = "--tools",
            paramLabel = "FILE",
            description = "with --chat: a JSON list of the functions that the model may call")
    private @Nullable Path tools;

    @Option(names = "--seed", paramLabel = "N", description = "seed of the random numbers (default: 0)")
    private @Nullable Long seed;

    public boolean perplexity() {
        return perplexity;
    }

    public boolean streams() {
        return stream;
    }

    /**
     * Null if nothing was said about it.
     *
     * @param hearer of {@code --stream}
     */
    @Nullable
    public Speech speech(Consumer<String> hearer) {
        if (!chat && (system != null || tools != null)) {
            throw new ConfigException(
                    (system != null ? "--system" : "--tools") + " is told to a chat model; add --chat");
        }
        ObjectNode given = Configs.JSON.createObjectNode();
        put(given, "max_new_tokens", maxNewTokens);
        put(given, "temperature", temperature);
        put(given, "top_k", topK);
        put(given, "top_p", topP);
        put(given, "min_p", minP);
        put(given, "repetition_penalty", repetitionPenalty);
        put(given, "seed", seed);
        if (given.isEmpty() && stop.isEmpty() && batch == null && !stream && !chat) {
            return null;
        }
        boolean draws = temperature != null && temperature > 0;
        if (!draws && (topK != null || topP != null || minP != null || seed != null)) {
            throw new ConfigException(
                    "--top-k, --top-p, --min-p and --seed say how tokens are drawn; add --temperature 1, or another");
        }
        Speech usual = Speech.usual();
        return new Speech(
                Configs.bind(given, Generation.class, ""),
                stop.stream()
                        .map(word -> word.replace("\\n", "\n").replace("\\t", "\t"))
                        .toList(),
                batch == null ? usual.batch() : batch,
                chat ? new Chat(system, tools) : null,
                stream ? hearer : null);
    }

    private static void put(ObjectNode tree, String key, @Nullable Object value) {
        if (value != null) {
            tree.set(key, Configs.JSON.valueToTree(value));
        }
    }
}
