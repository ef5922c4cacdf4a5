package org.counterweight.cli;

import java.util.List;
import java.util.Map;

/** PEFT's prefixes, and its types that are not read. */
final class BadPrefixes {
    private static final String TABLE = "prompt_embeddings";

    private static final String SETTINGS =
            "{\"peft_type\": \"PREFIX_TUNING\", \"num_virtual_tokens\": 3, \"num_layers\": 1}";

    private BadPrefixes() {}

    static List<BadInput> all() {
        return List.of(
                BadInput.of(
                        "a prefix for a model of more layers",
                        s -> asked(prefix(s).spoil("a/adapter_config.json", "\"num_layers\": 1", "\"num_layers\": 2")),
                        "a/adapter_config.json: num_layers: 2 is not allowed; expected 1, as this model has; it was made for"
                                + " another base"),
                BadInput.of(
                        "a prefix whose table has another width",
                        s -> asked(s.classifier("c").adapter("a", SETTINGS, Map.of(TABLE, new long[] {3, 8}))),
                        "a/adapter_model.safetensors: prompt_embeddings: [3, 8]; for this model it has 16 numbers in each of"
                                + " its rows"),
                BadInput.of(
                        "a prefix without its table",
                        s -> asked(s.classifier("c")
                                .adapter("a", SETTINGS, Map.of("base_model.classifier.bias", new long[] {2}))),
                        "a/adapter_model.safetensors: has no prompt_embeddings, which is all of a prefix"),
                BadInput.of(
                        "a prefix is to be computed into the weights",
                        s -> {
                            prefix(s);
                            return List.of("merge-adapter", s.path("c") + "", s.path("a") + "", s.path("out") + "");
                        },
                        "the adapter cannot be merged: the adapter is keys and values before the text of every layer, so no"
                                + " weights of the model alone do the same"),
                BadInput.of(
                        "a text that does not fit behind a prefix",
                        s -> {
                            prefix(s);
                            return List.of(
                                    "predict",
                                    s.path("c") + "",
                                    "--adapter",
                                    s.path("a") + "",
                                    "--text",
                                    "the cat",
                                    "--max-length",
                                    "30");
                        },
                        "--max-length: 30 is not allowed; expected at most 29, the model's number of positions without the 3"
                                + " of the adapter's prefix"),
                BadInput.of(
                        "a prefix as long as the model",
                        s -> asked(s.classifier("c").adapter("a", SETTINGS, Map.of(TABLE, new long[] {32, 16}))),
                        "a: has a prefix of 32 places, and the model 32 positions: no text has room behind it"),
                BadInput.of(
                        "a type of PEFT's that is not read",
                        s -> asked(s.classifier("c")
                                .adapter("a", 8, 0)
                                .spoil("a/adapter_config.json", "\"LORA\"", "\"OFT\"")),
                        "a/adapter_config.json: peft_type \"OFT\" is a type of PEFT's that is not read here; these are: LORA,"
                                + " ADALORA, MISS, BONE, IA3, VERA, LOHA, LOKR, TRAINABLE_TOKENS, PREFIX_TUNING"));
    }

    /** A prefix of zeros for a classifier. */
    private static Sandbox prefix(Sandbox s) {
        return s.classifier("c").adapter("a", SETTINGS, Map.of(TABLE, new long[] {3, 16}));
    }

    private static List<String> asked(Sandbox s) {
        return s.predict("c", "--adapter", s.path("a") + "");
    }
}
