package org.counterweight.reweigh.loss;

import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.reweigh.loss.LossReweightingConfig.NonFinite;
import org.counterweight.reweigh.loss.SharpnessConfig.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Settings as the paper's two codes and DataFlex write them. The three use one word for different things: "upper" is
 * {@link Strategy#LINUPPER} in the large-scale code and {@link Strategy#UPPER} in the small-scale one, and "uniform" in
 * DataFlex is {@link Strategy#NORMALIZED_DRO}; so the source must be known.
 */
public final class OfficialSettings {
    private static final Map<String, Strategy> SMALL_SCALE = Map.of(
            "linupper", Strategy.LINUPPER,
            "mid", Strategy.QUADRATIC,
            "upper", Strategy.UPPER,
            "extremes", Strategy.EXTREMES);
    private static final Map<String, Strategy> LARGE_SCALE = Map.of(
            "upper", Strategy.LINUPPER,
            "mid", Strategy.QUADRATIC,
            "extremes", Strategy.EXTREMES);
    private static final Map<String, Strategy> DATA_FLEX = Map.of(
            "linupper", Strategy.LINUPPER,
            "quadratic", Strategy.QUADRATIC,
            "extremes", Strategy.EXTREMES,
            "uniform", Strategy.NORMALIZED_DRO);

    private OfficialSettings() {}

    /**
     * The small-scale code's JSON: {@code reweight_samples}, {@code kl_reg}, {@code reweight_strategy},
     * {@code burnout_steps}. Keys of other concerns are passed over, as its files hold a whole run's settings. Train with
     * {@code length_norm: token}, as that code does.
     *
     * @return uniform weights if {@code reweight_samples} is false or absent
     */
    public static LossReweightingConfig smallScale(ObjectNode settings) {
        if (!settings.path("reweight_samples").asBoolean(false)) {
            return LossReweightingConfig.of(Strategy.UNIFORM, 1);
        }
        return config(
                strategy(settings, "reweight_strategy", SMALL_SCALE),
                number(settings, "kl_reg"),
                settings.path("burnout_steps").asLong(0),
                null);
    }

    /** The large-scale code's flags, without their dashes; its default {@code kl_regularizer} of 100 is not taken over. */
    public static LossReweightingConfig largeScale(ObjectNode flags) {
        double r = number(flags, "kl_regularizer");
        long warmup = flags.path("kl_regularizer_warmup_steps").asLong(0);
        SharpnessConfig temperature = warmup == 0
                ? null
                : new SharpnessConfig(Kind.WARMUP, r, 100.0, warmup, null, null, null, null, null, null);
        return config(strategy(flags, "reweighting_strategy", LARGE_SCALE), r, 0, temperature);
    }

    /** DataFlex: {@code weighters: loss: params: {strategy, delta}}, given as {@code params}; r is 1 there. */
    public static LossReweightingConfig dataFlex(ObjectNode params, long warmupStep) {
        return new LossReweightingConfig(
                strategy(params, "strategy", DATA_FLEX),
                1,
                params.path("delta").asDouble(1),
                1,
                warmupStep,
                null,
                NonFinite.ERROR);
    }

    private static LossReweightingConfig config(
            Strategy strategy, double r, long burnIn, @Nullable SharpnessConfig temperature) {
        return new LossReweightingConfig(strategy, r, 1, 1, burnIn, temperature, NonFinite.ERROR);
    }

    private static Strategy strategy(ObjectNode settings, String key, Map<String, Strategy> words) {
        JsonNode word = settings.path(key);
        Strategy strategy = words.get(word.asString(""));
        if (strategy == null) {
            throw new ConfigException(Configs.unknown(
                    key + ": " + word,
                    word.asString(""),
                    words.keySet().stream().sorted().toList()));
        }
        return strategy;
    }

    private static double number(ObjectNode settings, String key) {
        JsonNode value = settings.get(key);
        if (value == null || !value.isNumber()) {
            throw new ConfigException(key, value, "a number above 0, the temperature");
        }
        return value.asDouble();
    }
}
