package org.counterweight.formats.peft.config;

import java.util.List;
import java.util.Locale;
import org.counterweight.adapt.lowrank.LowRankStart;
import org.counterweight.config.ConfigException;
import tools.jackson.databind.JsonNode;

/**
 * PEFT's {@code init_lora_weights}, read. Some starts take a part out of the base's weights, and the saved factors mean
 * nothing without what is left: it is computed again where that can be done exactly, and the adapter is refused elsewhere.
 */
public final class StartOfLora {
    private static final String KEY = "init_lora_weights";

    /** Starts that leave the base as it is: factors of them are factors of the base. */
    private static final List<String> ON_THE_BASE = List.of("gaussian", "eva", "orthogonal", "mica");

    private static final String CONVERT = "; convert it where it was trained, with PEFT's save_pretrained(…,"
            + " path_initial_model_for_weight_conversion=…), and load the result";

    private StartOfLora() {}

    /**
     * Where the factors started.
     *
     * @throws ConfigException if what the start took out of the base cannot be computed again, or is not known
     */
    public static LowRankStart of(JsonNode start) {
        if (!start.isString()) {
            return LowRankStart.LORA; // true, false or null: at random
        }
        String name = start.asString().toLowerCase(Locale.ROOT);
        if (ON_THE_BASE.contains(name)) {
            return LowRankStart.LORA;
        }
        return switch (name) {
            case "pissa" -> LowRankStart.PISSA;
            case "olora" -> LowRankStart.OLORA;
            case "corda", "lora_ga" ->
                throw refused(
                        start, "took parts out of the base's weights by data that the adapter does not hold" + CONVERT);
            case "loftq" ->
                throw refused(
                        start,
                        "put quantised weights in the base's place, which the adapter does not hold; merge it where it"
                                + " was trained, with PEFT's merge_and_unload, and save that model");
            default ->
                throw name.startsWith("pissa_niter_")
                        ? refused(
                                start,
                                "took the singular values of a random sketch out of the base's weights, and it cannot be"
                                        + " drawn again" + CONVERT)
                        : refused(
                                start,
                                "is no start of PEFT 0.21, so it is not known what the adapter stands on; expected true,"
                                        + " false, pissa, olora, or one of " + String.join(", ", ON_THE_BASE));
        };
    }

    /**
     * Refuses a start that PEFT computes from a weight as it is stored, at a module that stores it transposed: what PEFT has
     * there is no OLoRA of the layer.
     */
    public static void checkTransposed(JsonNode start, String module) {
        if (of(start) == LowRankStart.OLORA) {
            throw refused(
                    start,
                    "at " + module
                            + ": PEFT decomposes the weight as this model stores it, transposed, which is another start"
                            + CONVERT);
        }
    }

    private static ConfigException refused(JsonNode start, String reason) {
        return new ConfigException(KEY + ": " + start + " " + reason);
    }
}
