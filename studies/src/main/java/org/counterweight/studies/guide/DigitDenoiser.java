package org.counterweight.studies.guide;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.sample.Denoiser;
import org.counterweight.guide.sample.Noise;
import org.counterweight.guide.sample.NoiseSchedule;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.studies.bed.Trace;
import org.counterweight.studies.bed.classifier.Perceptron;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.MeanSquaredError;

/**
 * A small network that predicts the noise in images of digits, given how much there is and, or not, which digit it is. What it
 * learns is the velocity {@code v = a eps - b x_0} of T. Salimans and J. Ho (2022), from which the noise is {@code b x + a v}:
 * where there is hardly anything but noise, the network need not repeat its input.
 *
 * <p>A perceptron, as in the small reproduction that the study follows, and none of {@link org.counterweight.model.zoo.denoise}: the
 * small U-Net of {@code examples/diffusion.yaml} takes a minute for 470 steps of 64 rows, and the study trains five networks for
 * 3,000 steps of 128.
 *
 * @param params of {@link #MODEL}
 * @param labels of the rows that are asked about, {@code int64 [rows]}; {@link #NONE} for no condition
 */
record DigitDenoiser(Params params, Tensor labels) implements Denoiser {
    /** The label that says nothing. */
    static final long NONE = 10;

    private static final int PIXELS = 64;
    private static final int WAVES = 16;
    private static final double DROPPED = 0.15;
    private static final int ROWS = 128;
    private static final int EPOCH = 50;
    private static final Perceptron MODEL =
            new Perceptron(List.of(PIXELS + 2L * WAVES + NONE + 1, 192L, 192L, (long) PIXELS));

    /**
     * Learns to tell noise: J. Ho and T. Salimans, Classifier-Free Diffusion Guidance, 2022, algorithm 1.
     *
     * @param images {@code [n, 64]} in [-1, 1]
     * @param classes {@code int64 [n]}
     */
    static Params train(Tensor images, Tensor classes, NoiseSchedule schedule, int epochs, Seed seed) {
        Map<String, Tensor> weights = MODEL.initialize(seed.child("weights").generator());
        weights.values().forEach(weight -> weight.requires_grad_(true));
        Params params = Params.of(weights);
        Trace.of(
                Task.of(
                        MODEL,
                        params,
                        BatchSource.of(
                                EPOCH,
                                epoch -> place -> batch(
                                        images,
                                        classes,
                                        schedule,
                                        seed.child("rows")
                                                .child((long) epoch * EPOCH + place)
                                                .generator())),
                        new MeanSquaredError()),
                TrainConfig.of("{epochs: " + epochs
                                + ", lr: 2e-3, optimizer: {name: adam}, schedule: constant, warmup: 0,"
                                + " weight_decay: 0.0, clip: null, precision: float32,"
                                + " average: {kind: ema, decay: 0.999}}")
                        .withSeed(seed.child("run").value()));
        weights.values().forEach(weight -> weight.requires_grad_(false));
        return params;
    }

    /** Rows with noise of random levels; of some the label is not told. */
    private static Batch batch(Tensor images, Tensor classes, NoiseSchedule schedule, Generator random) {
        Tensor rows = torch.empty(ROWS)
                .uniform_(0, images.size(0), Tensors.optional(random))
                .to(ScalarType.Long);
        Tensor clean = images.index_select(0, rows);
        Tensor kept = torch.empty(ROWS)
                .uniform_(0, 1, Tensors.optional(random))
                .ge(Tensors.scalar(DROPPED))
                .to(ScalarType.Long);
        Tensor labels = Tensors.plus(
                        classes.index_select(0, rows).sub(Tensors.scalar(NONE)).mul(kept), NONE)
                .to(ScalarType.Long);
        double[] a = new double[ROWS];
        double[] b = new double[ROWS];
        long[] times = Tensors.toLongs(torch.empty(ROWS)
                .uniform_(0, schedule.timesteps(), Tensors.optional(random))
                .to(ScalarType.Long));
        for (int row = 0; row < ROWS; row++) {
            Noise level = Noise.preserving(schedule.abar(times[row]));
            a[row] = level.a();
            b[row] = level.b();
        }
        Tensor left = Tensors.doubles(a, ROWS, 1).to(ScalarType.Float);
        Tensor added = Tensors.doubles(b, ROWS, 1).to(ScalarType.Float);
        Tensor noise = torch.empty(ROWS, PIXELS).normal_(0, 1, Tensors.optional(random));
        Tensor noisy = clean.mul(left).add(noise.mul(added));
        Tensor velocity = noise.mul(left).sub(clean.mul(added));
        return new Batch(
                Map.of(Batch.PIXEL_VALUES, inputs(noisy, torch.atan2(added, left), labels), Batch.LABELS, velocity));
    }

    @Override
    public Tensor noise(Tensor x, Noise level) {
        Tensor angle = Tensors.plus(Tensors.zeros(x.size(0), 1), Math.atan2(level.b(), level.a()));
        Tensor velocity = MODEL.forward(
                        params, new Batch(Map.of(Batch.PIXEL_VALUES, inputs(x, angle, labels))), Pass.evaluation())
                .logits();
        return Tensors.add(Tensors.times(x, level.b()), velocity, level.a());
    }

    /**
     * What the network sees: the image, its level of noise in waves of many lengths, the label as one of eleven.
     *
     * @param angle whose tangent is noise over data, from 0 to half of pi, {@code [rows, 1]}
     */
    private static Tensor inputs(Tensor x, Tensor angle, Tensor labels) {
        double[] frequencies = new double[WAVES];
        for (int i = 0; i < WAVES; i++) {
            frequencies[i] = Math.pow(64, i / (WAVES - 1.0));
        }
        Tensor waves = angle.mul(Tensors.doubles(frequencies, 1, WAVES).to(ScalarType.Float));
        Tensor label = torch.one_hot(labels, NONE + 1).to(ScalarType.Float);
        return torch.cat(new TensorVector(x, waves.sin(), waves.cos(), label), 1);
    }
}
