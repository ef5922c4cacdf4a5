package org.counterweight.guide.learn;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.guide.sample.Noise;
import org.counterweight.guide.sample.NoiseSchedule;
import org.counterweight.guide.sample.NoiseSchedule.Betas;
import org.counterweight.model.zoo.denoise.DenoisingModel;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;

/**
 * How noise is told from data: {@code diffusion} of a recipe. J. Ho, A. Jain and P. Abbeel, "Denoising Diffusion Probabilistic
 * Models", NeurIPS 2020, algorithm 1, for the noise and the velocity; X. Liu, C. Gong and Q. Liu, ICLR 2023, for flows; labels
 * dropped as in J. Ho and T. Salimans, "Classifier-Free Diffusion Guidance", 2022, algorithm 1.
 */
public record DiffusionConfig(
        @Setting(
                value = "What the network predicts: the noise, the velocity a eps - b x0, or eps - x0 along straight"
                        + " lines",
                defaultsTo = "\"v\"",
                formerly = "told",
                oneOf = {"epsilon", "v", "flow"})
        PredictionType predictionType,

        @Setting(
                value = "How the betas of 1,000 timesteps rise: linear from 1e-4 to 0.02, or scaled_linear as in"
                        + " Stable Diffusion. A flow has none",
                defaultsTo = "\"linear\"",
                oneOf = {"linear", "scaled_linear"})
        Betas betas,

        @Setting(
                value = "Share of rows whose class is not told in training, so that guidance has something to go away"
                        + " from",
                defaultsTo = "0.1",
                range = "[0, 1)")
        double labelDrop,

        @Setting(
                value = "Images of each class, of twelve at most, that are drawn at every evaluation for the report",
                defaultsTo = "1",
                range = "at least 0")
        int samples)
        implements RunPart {
    public static final String KEY = "diffusion";

    private static final int TIMESTEPS = 1000;

    public DiffusionConfig {
        if (!(labelDrop >= 0 && labelDrop < 1)) {
            throw new ConfigException(KEY + ".label_drop", labelDrop, "a share in [0, 1) (0.1 to 0.2 is usual)");
        }
        if (samples < 0 || samples > 100) {
            throw new ConfigException(KEY + ".samples", samples, "an integer from 0 to 100");
        }
    }

    /** The noise of the timesteps; of a flow, what samplers of another kind ask it with. */
    public NoiseSchedule schedule() {
        return betas == Betas.LINEAR
                ? NoiseSchedule.of(betas, TIMESTEPS, 1e-4, 0.02, 1)
                : NoiseSchedule.of(betas, TIMESTEPS, 0.00085, 0.012, 1);
    }

    /**
     * The level of noise at a time of training.
     *
     * @param time in [0, 1), from data to noise; each is as frequent
     */
    static Noise level(PredictionType type, NoiseSchedule schedule, double time) {
        return type == PredictionType.FLOW
                ? Noise.straight(time)
                : Noise.preserving(schedule.abar((long) (time * schedule.timesteps())));
    }

    /** Draws samples as the run goes on. */
    @Override
    public Run join(Run run) {
        return samples > 0 && run.task().model() instanceof DenoisingModel model
                ? run.with(run.task().with(new DrawnSamples(this, model, run)))
                : run;
    }

    @Override
    public String does() {
        return "predicted "
                + (predictionType == PredictionType.EPSILON
                        ? "noise"
                        : predictionType == PredictionType.V ? "velocity" : "flow");
    }
}
