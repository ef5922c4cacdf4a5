package org.counterweight.guide.learn;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.sample.Noise;
import org.counterweight.guide.sample.NoiseSchedule;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.denoise.Conditioning;
import org.counterweight.model.zoo.denoise.DenoisingModel;
import org.counterweight.train.objective.Objective;

/**
 * The mean squared error of what a network predicts of rows with noise, each at a level drawn for it; some are not told their
 * class. Evaluations give a row the same level and, in the same batches, the same noise each time, and tell all classes.
 *
 * <p>Batch: {@code pixel_values} in [0, 1], {@code labels}, {@code row}. Times, noise and dropped labels come from the pass.
 */
public record DiffusionObjective(DiffusionConfig config, NoiseSchedule schedule) implements Objective {
    private static final Seed EVALUATION = new Seed(0).child("noise of evaluations");

    /** Multiples of it fill the interval evenly, however many are taken. */
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    public DiffusionObjective(DiffusionConfig config) {
        this(config, config.schedule());
    }

    /** Pixels as a network sees them, in [-1, 1]. */
    public static Tensor centred(Tensor pixels) {
        return Tensors.plus(Tensors.times(pixels, 2), -1);
    }

    /** The way back. */
    public static Tensor pixels(Tensor centred) {
        return Tensors.times(Tensors.plus(centred, 1), 0.5);
    }

    /** The times at which an evaluation asks for these rows. */
    static double[] times(Batch batch) {
        long[] rows = Tensors.toLongs(batch.get(Batch.ROW));
        double[] times = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            double place = (rows[i] + 0.5) * GOLDEN;
            times[i] = place - Math.floor(place);
        }
        return times;
    }

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        Tensor clean = centred(batch.get(Batch.PIXEL_VALUES));
        long rows = clean.size(0);
        Tensor labels = batch.labels();
        double[] times;
        Generator random;
        if (pass.isTraining()) {
            random = pass.random();
            times = Tensors.toDoubles(clean.new_empty(rows).uniform_(0, 1, Tensors.optional(random)));
            Tensor dropped = clean.new_empty(rows)
                    .uniform_(0, 1, Tensors.optional(random))
                    .lt(Tensors.scalar(config.labelDrop()));
            labels = labels.masked_fill(dropped, new Scalar((long) ((DenoisingModel) model).classes()));
        } else {
            times = times(batch);
            long first = Tensors.toLongs(Tensors.slice(batch.get(Batch.ROW), 0, 0, 1))[0];
            random = EVALUATION.child(first).generator(clean.device());
        }
        Tensor noise = torch.empty_like(clean).normal_(0, 1, Tensors.optional(random));
        double[] a = new double[times.length];
        double[] b = new double[times.length];
        double[] levels = new double[times.length];
        for (int i = 0; i < times.length; i++) {
            Noise level =
                    DiffusionConfig.level(config.predictionType(), schedule, Math.min(times[i], Math.nextDown(1.0)));
            a[i] = level.a();
            b[i] = level.b();
            levels[i] = PredictionType.angle(level);
        }
        Tensor left = ofRows(a, clean);
        Tensor added = ofRows(b, clean);
        Tensor noisy = clean.mul(left).add(noise.mul(added));
        Tensor target = config.predictionType().target(clean, noise, left, added);
        Tensor angles = Tensors.to(Tensors.doubles(levels), clean.device());
        Tensor predicted = model.forward(params, Conditioning.batch(batch, noisy, angles, labels), pass)
                .logits();
        Tensor perRow = predicted.sub(target).square().flatten(1, -1).mean(1);
        return new Losses(perRow, torch.ones_like(perRow.detach()).to(ScalarType.Long), null);
    }

    /** {@code [rows, 1, 1, 1]}. */
    private static Tensor ofRows(double[] values, Tensor like) {
        Tensor made = Tensors.as(Tensors.doubles(values, values.length, 1, 1, 1), like);
        return Tensors.to(made, like.device());
    }
}
