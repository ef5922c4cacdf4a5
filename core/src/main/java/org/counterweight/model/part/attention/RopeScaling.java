package org.counterweight.model.part.attention;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.counterweight.config.ConfigException;
import org.counterweight.model.config.ConfigJson;

/** How rotary frequencies are stretched for inputs longer than those of the first training. */
public sealed interface RopeScaling {
    /**
     * The frequency of each pair.
     *
     * @param size how many components turn; of an odd number one more
     * @param reach how many positions there are, up to the last of this pass
     */
    double[] frequencies(double theta, int size, long reach);

    /** By what cosines and sines are multiplied. */
    default double attentionFactor() {
        return 1;
    }

    /** @param length of the first training, where the config does not say */
    static RopeScaling of(ConfigJson config, ConfigJson parameters, int length) {
        String type = parameters.text("rope_type", parameters.text("type", "default"));
        int longest = config.count("max_position_embeddings", 2048);
        double original = config.number(
                "original_max_position_embeddings", parameters.number("original_max_position_embeddings", length));
        return switch (type) {
            case "default" -> new Linear(1);
            case "linear" -> new Linear(parameters.number("factor"));
            case "dynamic" -> new Dynamic(parameters.number("factor"), longest);
            case "llama3" ->
                new Llama3(
                        parameters.number("factor"),
                        parameters.number("low_freq_factor"),
                        parameters.number("high_freq_factor"),
                        original);
            case "yarn" -> Yarn.of(parameters, original, longest);
            case "longrope", "su" -> LongRope.of(parameters, original, longest);
            default ->
                throw new ConfigException("rope_type", type, "one of default, linear, dynamic, llama3, yarn, longrope");
        };
    }

    private static double[] plain(double theta, int size, DoubleUnaryOperator scaled) {
        double[] frequencies = new double[(size + 1) / 2];
        for (int j = 0; j < frequencies.length; j++) {
            frequencies[j] = scaled.applyAsDouble(Math.pow(theta, -2.0 * j / size));
        }
        return frequencies;
    }

    /** Every frequency divided by {@code factor}; 1 for the plain embedding. */
    record Linear(double factor) implements RopeScaling {
        @Override
        public double[] frequencies(double theta, int size, long reach) {
            return plain(theta, size, frequency -> frequency / factor);
        }
    }

    /**
     * A base that grows with the text, once it is longer than the model's own length.
     *
     * @param longest that length
     */
    record Dynamic(double factor, int longest) implements RopeScaling {
        @Override
        public double[] frequencies(double theta, int size, long reach) {
            double grown = factor * Math.max(reach, longest) / longest - (factor - 1);
            return plain(theta * Math.pow(grown, size / (size - 2.0)), size, frequency -> frequency);
        }
    }

    /**
     * Llama 3.1's: slow frequencies are divided by {@code factor}, fast ones kept, and those between interpolated.
     *
     * @param original the input length of the first training
     */
    record Llama3(double factor, double lowFactor, double highFactor, double original) implements RopeScaling {
        @Override
        public double[] frequencies(double theta, int size, long reach) {
            return plain(theta, size, this::scaled);
        }

        private double scaled(double frequency) {
            double turns = original * frequency / (2 * Math.PI); // over the original length
            if (turns > highFactor) {
                return frequency;
            }
            if (turns < lowFactor) {
                return frequency / factor;
            }
            double smooth = (turns - lowFactor) / (highFactor - lowFactor);
            return (1 - smooth) * frequency / factor + smooth * frequency;
        }
    }

    /**
     * YaRN: pairs that turn fewer than {@code slow} times over the first training's length are divided by {@code factor},
     * those that turn more than {@code fast} times kept, with a ramp between. B. Peng et al., "YaRN: Efficient Context
     * Window Extension of Large Language Models", ICLR 2024.
     *
     * @param truncate whether the ramp begins and ends at whole pairs
     */
    record Yarn(double factor, double original, double fast, double slow, boolean truncate, double attentionFactor)
            implements RopeScaling {
        static Yarn of(ConfigJson parameters, double original, int longest) {
            double factor = parameters.number("factor", longest / original);
            double scale = parameters.number("mscale", 0);
            double allDimensions = parameters.number("mscale_all_dim", 0);
            double stated = scale != 0 && allDimensions != 0
                    ? growth(factor, scale) / growth(factor, allDimensions)
                    : growth(factor, 1);
            return new Yarn(
                    factor,
                    original,
                    parameters.number("beta_fast", 32),
                    parameters.number("beta_slow", 1),
                    parameters.flag("truncate", true),
                    parameters.number("attention_factor", stated));
        }

        private static double growth(double factor, double scale) {
            return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
        }

        @Override
        public double[] frequencies(double theta, int size, long reach) {
            double low = pair(fast, theta, size);
            double high = pair(slow, theta, size);
            double from = Math.max(truncate ? Math.floor(low) : low, 0);
            double upTo = Math.min(truncate ? Math.ceil(high) : high, size - 1.0);
            double width = from == upTo ? 0.001 : upTo - from;
            double[] all = plain(theta, size, frequency -> frequency);
            for (int j = 0; j < all.length; j++) {
                double slowness = Math.min(1, Math.max(0, (j - from) / width));
                all[j] = all[j] / factor * slowness + all[j] * (1 - slowness);
            }
            return all;
        }

        /** The number of the pair that turns this many times over the original length. */
        private double pair(double turns, double theta, int size) {
            return size * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
        }
    }

    /**
     * LongRoPE: a divisor for each pair, one list for texts up to the first training's length and one for longer ones. Y.
     * Ding et al., "LongRoPE: Extending LLM Context Window Beyond 2 Million Tokens", ICML 2024.
     */
    record LongRope(List<Double> shortDivisors, List<Double> longDivisors, double original, double attentionFactor)
            implements RopeScaling {
        public LongRope {
            shortDivisors = List.copyOf(shortDivisors);
            longDivisors = List.copyOf(longDivisors);
        }

        static LongRope of(ConfigJson parameters, double original, int longest) {
            double factor = parameters.number("factor", longest / original);
            double stated = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
            return new LongRope(
                    parameters.numbers("short_factor"),
                    parameters.numbers("long_factor"),
                    original,
                    parameters.number("attention_factor", stated));
        }

        @Override
        public double[] frequencies(double theta, int size, long reach) {
            boolean isLong = reach > original;
            List<Double> divisors = isLong ? longDivisors : shortDivisors;
            double[] all = plain(theta, size, frequency -> frequency);
            if (divisors.size() != all.length) {
                throw new ConfigException(
                        isLong ? "long_factor" : "short_factor",
                        divisors.size() + " numbers",
                        "one for each of " + all.length + " pairs that turn");
            }
            for (int j = 0; j < all.length; j++) {
                all[j] /= divisors.get(j);
            }
            return all;
        }
    }
}
