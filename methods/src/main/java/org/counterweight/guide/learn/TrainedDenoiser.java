package org.counterweight.guide.learn;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.rule.Guider;
import org.counterweight.guide.sample.Denoiser;
import org.counterweight.guide.sample.Guided;
import org.counterweight.guide.sample.Noise;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.denoise.Conditioning;
import org.counterweight.model.zoo.denoise.DenoisingModel;

/**
 * A trained network as samplers ask it, whatever scale and form of noise they have.
 *
 * @param type what it has learnt to predict
 * @param classes of the rows that are asked about, {@code int64 [rows]}; the number of all classes for none
 */
public record TrainedDenoiser(DenoisingModel model, Params params, PredictionType type, Tensor classes)
        implements Denoiser {
    /** The network with and without its condition; both are asked in one batch where both are needed. */
    public static Guided guided(
            DenoisingModel model, Params params, PredictionType type, Tensor classes, Guider guider) {
        Tensor none = torch.full_like(classes, Tensors.scalar(model.classes()));
        return new Guided(
                new TrainedDenoiser(model, params, type, classes),
                new TrainedDenoiser(model, params, type, none),
                new TrainedDenoiser(model, params, type, torch.cat(new TensorVector(classes, none), 0)),
                guider);
    }

    /** What the network predicts, the rows as it sees them and the level in its scale. */
    private record Answer(Tensor x, Tensor prediction, Noise level) {}

    private Answer ask(Tensor x, Noise level) {
        double size = type.size(level);
        Noise own = new Noise(level.a() / size, level.b() / size);
        Tensor seen = Tensors.times(x, 1 / size);
        Tensor levels = Tensors.to(
                torch.full(
                        new long[] {x.size(0)},
                        Tensors.scalar(PredictionType.angle(level)),
                        Tensors.options(ScalarType.Double)),
                x.device());
        Batch batch =
                new Batch(Map.of(Batch.PIXEL_VALUES, seen, Conditioning.LEVELS, levels, Conditioning.CLASSES, classes));
        return new Answer(seen, model.forward(params, batch, Pass.evaluation()).logits(), own);
    }

    @Override
    public Tensor noise(Tensor x, Noise level) {
        Answer answer = ask(x, level);
        return type.noise(answer.x(), answer.prediction(), answer.level());
    }

    @Override
    public Tensor clean(Tensor x, Noise level) {
        Answer answer = ask(x, level);
        return type.clean(answer.x(), answer.prediction(), answer.level());
    }

    @Override
    public Tensor velocity(Tensor x, Noise level) {
        Answer answer = ask(x, level);
        Tensor clean = type.clean(answer.x(), answer.prediction(), answer.level());
        return type.noise(answer.x(), answer.prediction(), answer.level()).sub(clean);
    }
}
