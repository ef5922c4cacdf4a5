package org.counterweight.jobs.predict.embed;

import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.scalar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What becomes of a text before and behind a transformer, as sentence-transformers keeps it beside the model: what is put
 * before it, how its tokens' states become one vector, and whether that has length one. A model without such files is read
 * as that library reads one: by the mean.
 *
 * @param pooling side by side, if there are several
 * @param normalized whether a vector has length one
 * @param prompts what may be put before a text, by name
 * @param usual the prompt that is put there if none is asked for; empty for none
 * @param length tokens of a text; empty if the files say nothing
 */
public record SentenceForm(
        List<TokenPooling> pooling,
        boolean normalized,
        Map<String, String> prompts,
        String usual,
        boolean poolsPrompt,
        OptionalInt length) {
    private static final String POOLING = "1_Pooling";
    private static final double TINY = 1e-12;

    public SentenceForm {
        pooling = List.copyOf(pooling);
        prompts = Map.copyOf(prompts);
    }

    /**
     * Reads what lies in a model's directory.
     *
     * @throws ConfigException if a module follows that is not computed here
     */
    public static SentenceForm of(Path directory) {
        boolean isNormalized = false;
        Path pooling = directory.resolve(POOLING);
        for (JsonNode module : list(directory.resolve("modules.json"))) {
            String type = module.path("type").asString("").replaceFirst("^.*\\.", "");
            switch (type) {
                case "Transformer" -> {}
                case "Pooling" ->
                    pooling = directory.resolve(module.path("path").asString(POOLING));
                case "Normalize" -> isNormalized = true;
                default ->
                    throw new ConfigException(
                            directory.resolve("modules.json") + ": type",
                            type,
                            "Transformer, Pooling or Normalize: no other module is computed here; ask the model with"
                                    + " sentence-transformers");
            }
        }
        ObjectNode settings = read(directory.resolve("config_sentence_transformers.json"));
        var prompts = new TreeMap<String, String>();
        settings.path("prompts")
                .properties()
                .forEach(e -> prompts.put(e.getKey(), e.getValue().asString("")));
        JsonNode longest = read(directory.resolve("sentence_bert_config.json")).path("max_seq_length");
        ObjectNode pooled = read(pooling.resolve("config.json"));
        return new SentenceForm(
                pooling(pooled, pooling.resolve("config.json")),
                isNormalized,
                prompts,
                settings.path("default_prompt_name").asString(""),
                pooled.path("include_prompt").asBoolean(true),
                longest.canConvertToInt() && longest.isIntegralNumber() && longest.asInt() >= 2
                        ? OptionalInt.of(longest.asInt())
                        : OptionalInt.empty());
    }

    private static List<TokenPooling> pooling(ObjectNode config, Path file) {
        if (config.path("pooling_mode").isString()) { // later versions name them
            var named = new ArrayList<TokenPooling>();
            for (String mode : config.path("pooling_mode").asString().split("\\+")) {
                named.add(Arrays.stream(TokenPooling.values())
                        .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(mode))
                        .findFirst()
                        .orElseThrow(() -> new ConfigException(file + ": pooling_mode", mode, words())));
            }
            return named;
        }
        List<TokenPooling> flagged = Arrays.stream(TokenPooling.values())
                .filter(known -> config.path(known.key()).asBoolean(false))
                .toList();
        return flagged.isEmpty() ? List.of(TokenPooling.MEAN) : flagged;
    }

    private static String words() {
        return "one of "
                + String.join(
                        ", ",
                        Arrays.stream(TokenPooling.values())
                                .map(known -> known.name().toLowerCase(Locale.ROOT))
                                .toList());
    }

    /**
     * What is put before every text.
     *
     * @param asked the name of a prompt; null for the usual one
     * @throws ConfigException if there is none of that name
     */
    public String prompt(@Nullable String asked) {
        String name = asked == null ? usual : asked;
        if (name.isEmpty()) {
            return "";
        }
        String prompt = prompts.get(name);
        if (prompt == null) {
            throw new ConfigException("--prompt: \"" + name + "\" is none of the model's prompts"
                    + (prompts.isEmpty()
                            ? ", of which it has none; put the words before the text"
                            : Nearest.hint(
                                    name,
                                    new TreeMap<>(prompts).keySet().stream().toList(),
                                    "It has:")));
        }
        if (!poolsPrompt && !prompt.isEmpty()) {
            throw new ConfigException("1_Pooling/config.json: include_prompt: false leaves a prompt's tokens out of the"
                    + " vector, which is not done here; ask the model with sentence-transformers");
        }
        return prompt;
    }

    /**
     * The texts' vectors, {@code float32 [rows, width]}.
     *
     * @param states {@code [rows, tokens, width]}
     * @param mask {@code int64 [rows, tokens]}
     */
    public Tensor vectors(Tensor states, Tensor mask) {
        var parts = new TensorVector();
        pooling.forEach(how -> parts.push_back(how.masked(states, mask)));
        Tensor vectors = torch.cat(parts, 1);
        return normalized ? vectors.div(norm2(vectors, true, 1).clamp_min(scalar(TINY))) : vectors;
    }

    private static ObjectNode read(Path file) {
        try {
            return Files.isRegularFile(file) ? Configs.read(file) : Configs.JSON.createObjectNode();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static Iterable<JsonNode> list(Path file) {
        try {
            return Files.isRegularFile(file) ? Configs.list(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
