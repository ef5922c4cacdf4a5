package org.counterweight.guide.diffusers;

import java.util.List;
import java.util.Locale;
import org.counterweight.config.ConfigException;
import org.counterweight.guide.sample.NoiseSchedule;
import org.counterweight.guide.sample.NoiseSchedule.Betas;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a {@code scheduler_config.json} says about the noise that a network has learnt; how it is sampled from is the sampler's.
 *
 * @param predictionType what the network tells: {@code epsilon}, {@code sample} or {@code v_prediction}
 */
public record SchedulerFile(NoiseSchedule noise, String predictionType) {
    private static final List<String> PREDICTIONS = List.of("epsilon", "sample", "v_prediction");

    /**
     * Reads it.
     *
     * @param origin for messages
     * @throws ConfigException if its noise is of a kind that is not known here
     */
    public static SchedulerFile of(ObjectNode file, String origin) {
        var keys = new Keys(file, origin);
        String betas = keys.word("beta_schedule", "linear");
        if (!betas.equals("linear") && !betas.equals("scaled_linear")) {
            throw keys.refused("beta_schedule", file.get("beta_schedule"), "linear or scaled_linear");
        }
        if (!keys.isNull("trained_betas") || keys.flag("rescale_betas_zero_snr", false)) {
            throw new ConfigException(origin + ": betas that are given one by one (trained_betas) or made anew"
                    + " (rescale_betas_zero_snr) are not known here; expected beta_start and beta_end alone");
        }
        String prediction = keys.word("prediction_type", "epsilon");
        if (!PREDICTIONS.contains(prediction)) {
            throw keys.refused(
                    "prediction_type", file.get("prediction_type"), "one of " + String.join(", ", PREDICTIONS));
        }
        int timesteps = keys.count("num_train_timesteps", 1000);
        var kind = Betas.valueOf(betas.toUpperCase(Locale.ROOT));
        double start = beta(keys, "beta_start", 1e-4);
        double end = beta(keys, "beta_end", 0.02);
        NoiseSchedule noise = NoiseSchedule.of(kind, timesteps, start, end, 1);
        boolean endsClean = keys.flag("set_alpha_to_one", true);
        return new SchedulerFile(
                endsClean ? noise : NoiseSchedule.of(kind, timesteps, start, end, noise.abar(0)), prediction);
    }

    private static double beta(Keys keys, String key, double usual) {
        double value = keys.number(key, usual);
        if (!(value > 0 && value < 1)) {
            throw keys.refused(key, keys.file().get(key), "a number between 0 and 1");
        }
        return value;
    }
}
