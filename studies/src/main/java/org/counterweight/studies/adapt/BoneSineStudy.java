package org.counterweight.studies.adapt;

import static org.bytedeco.pytorch.global.torch.cos;
import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.sin;
import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.optional;
import static org.counterweight.engine.Tensors.times;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.studies.bed.Contender;
import org.counterweight.studies.bed.Trace;
import org.counterweight.studies.bed.classifier.Perceptron;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.RateSweep;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.MeanSquaredError;

/** The paper's own toy of its appendix C: a network that knows a sine learns another. */
public final class BoneSineStudy implements Study {
    private static final Perceptron MODEL = new Perceptron(List.of(64L, 64L, 64L));
    private static final List<Contender> CONTENDERS = List.of(
            Contender.of("LoRA r2", "lora", "{r: 2, alpha: 2}"),
            Contender.of("Bone r4", "bone", "{r: 4}"),
            Contender.of("Bat r4", "bone", "{r: 4, variant: bat}"),
            Contender.of("Bat-row r4", "bone", "{r: 4, variant: bat_row}"),
            Contender.of("rows 4", "bone", "{variant: rows, shards: 4}"),
            Contender.full());
    private static final RateSweep SWEEP =
            new RateSweep(CONTENDERS.stream().map(Contender::name).toList(), List.of(1e-3, 1e-2), 1e-3);
    private static final Metric LOSS = Metric.lower("final_loss", "training MSE after 100 epochs", 3);
    private static final Metric GRADIENT = Metric.higher("first_gradient", "gradient norm at step 0", 3);
    private static final Metric COUNT = Metric.plain("trained", "trained parameters", 0);

    @Override
    public Plan plan() {
        double high = 1e-2;
        return Plan.of("bone-sine", "Bone: from one sine to another (the paper's appendix C)")
                .method("bone")
                .paper(BoneDigitsStudy.PAPER + ", appendix C")
                .says("At equal parameters, the shard-sharing matrices fit the new function faster than LoRA.")
                .data(
                        "50 points x uniform in [-1, 1]^64 with y = sin(2 pi x) and noise of deviation 0.05; then 50 new points with"
                                + " y = sin(2 pi x) + 0.3 cos(3 pi x). Drawn anew for each seed.")
                .setup(
                        "Perceptron 64-64-64 with ReLU, 250 full-batch epochs of Adam at 1e-3 on the first function, then 100 on the"
                                + " second with both weights adapted; 512 trained parameters each.")
                .arms(SWEEP.arms())
                .seeds(20)
                .claim(
                        "At rate 1e-3, Bone fits the second function better than LoRA",
                        new Rule.Wins(LOSS, SWEEP.at("Bone r4"), SWEEP.at("LoRA r2"), 0.9))
                .claim(
                        "At rate 1e-3, Bat fits it better than LoRA",
                        new Rule.Wins(LOSS, SWEEP.at("Bat r4"), SWEEP.at("LoRA r2"), 0.9))
                .claim(
                        "At rate 1e-2, Bone fits it better than LoRA",
                        new Rule.Wins(LOSS, Knob.RATE.at("Bone r4", high), Knob.RATE.at("LoRA r2", high), 0.9))
                .claim(
                        "At rate 1e-2, Bat fits it better than LoRA",
                        new Rule.Wins(LOSS, Knob.RATE.at("Bat r4", high), Knob.RATE.at("LoRA r2", high), 0.9))
                .table("Rate 1e-3", SWEEP.atFixed(), List.of(COUNT, GRADIENT, LOSS))
                .table(
                        "Rate 1e-2",
                        SWEEP.methods().stream()
                                .map(method -> Knob.RATE.at(method, high))
                                .toList(),
                        List.of(COUNT, GRADIENT, LOSS))
                .figure(new Figure.Curves(
                        "loss", "Training loss at rate 1e-3", "loss", "epoch", "MSE", 1, true, SWEEP.atFixed()))
                .limit("Training error only: with 50 points no adapter improves the error on unseen points.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        var random = seed.child("data").generator();
        Tensor x = points(random);
        Tensor noise = times(empty(50, 64).normal_(0, 1, optional(random)), 0.05);
        Map<String, Tensor> base = MODEL.initialize(seed.child("base").generator());
        base.values().forEach(tensor -> tensor.requires_grad_(true));
        train(Params.of(base), batch(x, sine(x).add(noise)), 1e-3, size.of(250, 50));
        base.values().forEach(tensor -> tensor.requires_grad_(false));
        Tensor fresh = points(random);
        Batch target = batch(fresh, add(sine(fresh), cos(times(fresh, 3 * Math.PI)), 0.3));
        int epochs = size.of(100, 20);
        return arm -> {
            Params params = Contender.named(arm.method(), CONTENDERS)
                    .onto(MODEL, Params.of(base), MODEL.modules().linears(), seed);
            Trace trace = train(
                    params, target, Knob.RATE.of(arm), epochs + 1); // the loss of step e + 1 is that after e epochs
            return new Measurement(
                    Map.of(
                            LOSS.key(), trace.mean(epochs, epochs + 1),
                            GRADIENT.key(), trace.firstGradient(),
                            COUNT.key(), Contender.count(params)),
                    Map.of("loss", trace.curve(epochs + 1)));
        };
    }

    private static Tensor points(Generator random) {
        return empty(50, 64).uniform_(-1, 1, optional(random));
    }

    private static Tensor sine(Tensor x) {
        return sin(times(x, 2 * Math.PI));
    }

    private static Batch batch(Tensor x, Tensor y) {
        return new Batch(Map.of(Batch.PIXEL_VALUES, x, Batch.LABELS, y));
    }

    private static Trace train(Params params, Batch batch, double rate, int epochs) {
        return Trace.of(
                Task.of(MODEL, params, BatchSource.of(List.of(batch)), new MeanSquaredError()),
                TrainConfig.of(String.format(Locale.ROOT, """
                        max_steps: %d
                        lr: %s
                        weight_decay: 0
                        optimizer: {name: adam}
                        schedule: constant
                        warmup: 0
                        clip: null
                        precision: float32
                        """, epochs, rate)));
    }
}
