package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.cluster.KMeans;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.OuterStep;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.baseline.DistributionMatching;
import org.counterweight.distill.baseline.GradientMatching;
import org.counterweight.distill.baseline.Representatives;
import org.counterweight.distill.expert.ExpertStep;
import org.counterweight.distill.expert.GradientPenalty;
import org.counterweight.distill.expert.HalfwayDecay;
import org.counterweight.distill.expert.LossRamp;
import org.counterweight.distill.gradient.MatchingGradient;
import org.counterweight.distill.gradient.Sweep;
import org.counterweight.distill.gradient.Tesla;
import org.counterweight.distill.siamese.Affine;
import org.counterweight.distill.siamese.Brightness;
import org.counterweight.distill.siamese.Contrast;
import org.counterweight.distill.siamese.Crop;
import org.counterweight.distill.siamese.Cutout;
import org.counterweight.distill.siamese.Flip;
import org.counterweight.distill.siamese.Saturation;
import org.counterweight.distill.siamese.Strengths;
import org.counterweight.distill.siamese.Transform;
import org.counterweight.distill.trajectory.Balance;
import org.counterweight.distill.trajectory.InnerBatch;
import org.counterweight.distill.trajectory.IntermediateEpochs;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.distill.trajectory.Perturbation;
import org.counterweight.distill.trajectory.Segment;
import org.counterweight.engine.Tensors;
import org.counterweight.incremental.GreedyMean;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.JsonNode;

/** Operations of {@code dataset-distillation}. */
final class DistillationOps {
    static final Map<String, Op> ALL = Map.ofEntries(
            Map.entry("convnet_forward", DistillationOps::convnetForward),
            Map.entry("mtt_grad", DistillationOps::mttGrad),
            Map.entry("tesla_grad", DistillationOps::teslaGrad),
            Map.entry("ast_grad", DistillationOps::astGrad),
            Map.entry("gradient_penalty", DistillationOps::gradientPenalty),
            Map.entry("expert_step", DistillationOps::expertStep),
            Map.entry("dsa", DistillationOps::dsa),
            Map.entry("representative_init", DistillationOps::representativeInit),
            Map.entry("match_baselines", DistillationOps::matchBaselines),
            Map.entry("outer_step", DistillationOps::outerStep),
            Map.entry("schedules", DistillationOps::schedules));

    private DistillationOps() {}

    private static double number(GoldenCase golden, String name) {
        return golden.params().required(name).asDouble();
    }

    private static int integer(GoldenCase golden, String name) {
        return golden.params().required(name).asInt();
    }

    private static <E extends Enum<E>> E choice(Class<E> type, JsonNode name) {
        return Enum.valueOf(type, name.asString().toUpperCase(Locale.ROOT));
    }

    private static FlatModel model(GoldenCase golden) {
        JsonNode params = golden.params();
        boolean isOurs = params.path("pool").asString("avg").equals("avg")
                && params.path("act").asString("relu").equals("relu")
                && params.path("norm_eps").asDouble(1e-5) == 1e-5;
        if (!isOurs) {
            throw new IllegalArgumentException("the network has average pooling, ReLU and eps 1e-5: " + params);
        }
        return new FlatModel(new ConvNet(
                integer(golden, "channels"),
                integer(golden, "image_size"),
                integer(golden, "width"),
                integer(golden, "depth"),
                choice(Normalization.class, params.required("norm")),
                integer(golden, "num_classes")));
    }

    private static Tensor one(double value) {
        return doubles(new double[] {value}, 1);
    }

    private static Tensor one(Tensor scalar) {
        return scalar.detach().reshape(1);
    }

    private static Tensor stacked(List<Tensor> rows) {
        return rows.isEmpty()
                ? doubles(new double[0], 0)
                : torch.stack(new TensorVector(rows.toArray(new Tensor[0])), 0);
    }

    private static Map<String, Tensor> convnetForward(GoldenCase golden) {
        Tensor theta = golden.in("params").requires_grad_(true);
        Tensor images = golden.in("images").requires_grad_(true);
        FlatModel model = model(golden);
        Tensor loss = model.loss(theta, images, golden.in("labels"));
        Tensor[] found = Tensors.gradients(loss, false, theta, images);
        return Map.of(
                "logits",
                model.output(theta, images).logits(),
                "loss",
                one(loss),
                "grad.params",
                found[0],
                "grad.images",
                found[1]);
    }

    private static SyntheticSet set(GoldenCase golden) {
        return new SyntheticSet(golden.in("images"), golden.in("labels"), golden.in("syn_lr"));
    }

    private static List<InnerBatch> batches(GoldenCase golden) {
        Tensor index = golden.in("batch_index");
        var batches = new ArrayList<InnerBatch>();
        for (long step = 0; step < index.size(0); step++) {
            batches.add(InnerBatch.of(index.select(0, step)));
        }
        return batches;
    }

    private static Segment segment(GoldenCase golden) {
        return new Segment(golden.in("start_params"), golden.in("target_params").unsqueeze(0));
    }

    private static Map<String, Tensor> gradients(MatchingGradient found) {
        var out = new LinkedHashMap<String, Tensor>();
        out.put("final_params", found.end());
        out.put("grad.images", found.images());
        out.put("grad.syn_lr", one(found.rate()));
        Tensor labels = found.labels();
        if (labels != null) {
            out.put("grad.labels", labels);
        }
        return out;
    }

    private static Map<String, Tensor> mttGrad(GoldenCase golden) {
        var matching =
                new Matching(model(golden), golden.params().path("momentum").asDouble(0), 1, IntermediateEpochs.NONE);
        MatchingGradient found = new Sweep().gradient(matching, set(golden), segment(golden), batches(golden));
        Map<String, Tensor> out = gradients(found);
        out.put("loss", one(found.losses().total()));
        return out;
    }

    private static Map<String, Tensor> teslaGrad(GoldenCase golden) {
        Tesla.Result found =
                new Tesla().result(Matching.plain(model(golden)), set(golden), segment(golden), batches(golden));
        Map<String, Tensor> out = gradients(found.matched());
        if (!golden.outputs().containsKey("grad.labels")) {
            out.remove("grad.labels"); // a teacher's labels are constants
        }
        out.put("loss", one(found.matched().losses().total()));
        out.put("grad_sum", found.sum());
        return out;
    }

    private static Map<String, Tensor> astGrad(GoldenCase golden) {
        JsonNode params = golden.params();
        FlatModel model = model(golden);
        double factor = params.required("balance").asBoolean()
                ? new Balance(integer(golden, "max_start_epoch")).factor(integer(golden, "start_epoch"))
                : 1;
        Segment plain = Segment.of(golden.in("expert_params"), 0, integer(golden, "expert_epochs"));
        Tensor start = new Perturbation(number(golden, "perturb_alpha"), Perturbation.Scope.TENSOR)
                .apply(model, plain.start(), golden.in("noise"));
        var matching = new Matching(
                model,
                number(golden, "inner_momentum"),
                factor,
                choice(IntermediateEpochs.class, params.required("middle")));
        MatchingGradient found = new Sweep().gradient(matching, set(golden), plain.from(start), batches(golden));
        Map<String, Tensor> out = gradients(found);
        out.put("start_perturbed", start);
        out.put("balance_factor", one(factor));
        out.put("final_term", one(found.losses().last()));
        List<Tensor> middle = found.losses().middle();
        if (!middle.isEmpty() || golden.outputs().containsKey("middle_terms")) {
            out.put("middle_terms", stacked(middle));
        }
        out.put("total_loss", one(found.losses().total()));
        return out;
    }

    private static Map<String, Tensor> gradientPenalty(GoldenCase golden) {
        FlatModel model = model(golden);
        Tensor theta = golden.in("params").requires_grad_(true);
        Tensor images = golden.in("images");
        var out = new LinkedHashMap<String, Tensor>();
        for (GradientPenalty.Mode mode : GradientPenalty.Mode.values()) {
            Tensor penalty = new GradientPenalty(number(golden, "lambda"), mode).of(model, theta, images);
            String name = mode.name().toLowerCase(Locale.ROOT);
            out.put("penalty_" + name, one(penalty));
            out.put("grad.params." + name, Tensors.gradients(penalty, false, theta)[0]);
        }
        out.put("input_grad", GradientPenalty.inputGradient(model, theta, images, false));
        return out;
    }

    private static Map<String, Tensor> expertStep(GoldenCase golden) {
        var penalty = new GradientPenalty(
                number(golden, "gp_lambda"),
                choice(GradientPenalty.Mode.class, golden.params().required("gp_mode")));
        var step = new ExpertStep(
                number(golden, "lr"),
                number(golden, "momentum"),
                number(golden, "weight_decay"),
                number(golden, "loss_scale"),
                penalty);
        FlatModel model = model(golden);
        ExpertStep.State state = ExpertStep.State.of(golden.in("params"));
        var trajectory = new ArrayList<Tensor>(List.of(state.theta()));
        double[] losses = new double[integer(golden, "steps")];
        for (int i = 0; i < losses.length; i++) {
            Tensor images = golden.in("batches_x").select(0, i);
            ExpertStep.Result result = step.apply(
                    model, state, images, images, golden.in("batches_y").select(0, i));
            state = result.state();
            trajectory.add(state.theta());
            losses[i] = result.loss();
        }
        return Map.of("losses", doubles(losses, losses.length), "trajectory", stacked(trajectory));
    }

    private static Map<String, Tensor> dsa(GoldenCase golden) {
        Tensor images = golden.in("images").requires_grad_(true);
        double cutout = number(golden, "ratio_cutout");
        Function<String, Tensor> u = name -> golden.in("u." + name);
        Map<String, Transform> transforms = Map.of(
                "flip", new Flip(u.apply("flip"), number(golden, "prob_flip")),
                "brightness", new Brightness(u.apply("brightness"), number(golden, "brightness")),
                "saturation", new Saturation(u.apply("saturation"), number(golden, "saturation")),
                "contrast", new Contrast(u.apply("contrast"), number(golden, "contrast")),
                "crop", new Crop(golden.in("crop.shift_rows"), golden.in("crop.shift_cols")),
                "cutout",
                        new Cutout(
                                golden.in("cutout.rows"),
                                golden.in("cutout.cols"),
                                Strengths.part(cutout, (int) images.size(2)),
                                Strengths.part(cutout, (int) images.size(3))),
                "scale", Affine.scale(u.apply("scale_x"), u.apply("scale_y"), number(golden, "ratio_scale")),
                "rotate", Affine.rotation(u.apply("rotate"), number(golden, "ratio_rotate")));
        var out = new LinkedHashMap<String, Tensor>();
        transforms.forEach((name, transform) -> {
            Tensor changed = transform.apply(images);
            out.put(name, changed.detach());
            out.put(
                    "grad." + name,
                    Tensors.gradients(changed.mul(golden.in("grad_out")).sum(), false, images)[0]);
        });
        return out;
    }

    private static Map<String, Tensor> representativeInit(GoldenCase golden) {
        Tensor features = golden.in("features");
        KMeans found = KMeans.from(features, golden.in("init_centers"), integer(golden, "max_iter"));
        int[] shares = new int[integer(golden, "clusters")];
        Arrays.fill(shares, integer(golden, "per_center"));
        return Map.of(
                "centers", found.centers(),
                "assignment", found.labels(),
                "selected", longs(Representatives.nearest(features, found.centers(), shares)));
    }

    private static List<Tensor> byClass(Tensor images, int classes, int each) {
        var parts = new ArrayList<Tensor>();
        for (int c = 0; c < classes; c++) {
            parts.add(Tensors.slice(images, 0, (long) c * each, (c + 1L) * each));
        }
        return parts;
    }

    private static Map<String, Tensor> matchBaselines(GoldenCase golden) {
        if (!golden.params().path("dc_metric").asString("ours").equals("ours")) {
            throw new IllegalArgumentException("gradients are compared row by row: " + golden.params());
        }
        FlatModel model = model(golden);
        Tensor theta = golden.in("params");
        Tensor images = golden.in("syn_images").requires_grad_(true);
        int classes = integer(golden, "num_classes");
        List<Tensor> synthetic = byClass(images, classes, integer(golden, "ipc"));
        var real = new ArrayList<Tensor>();
        for (int c = 0; c < classes; c++) {
            real.add(golden.in("real_images").select(0, c));
        }
        Tensor dm = DistributionMatching.loss(model, theta, real, synthetic);
        Tensor dc = new GradientMatching(number(golden, "dc_eps")).loss(model, theta, real, synthetic);
        return Map.of(
                "dm_loss", one(dm),
                "grad.dm.images", Tensors.gradients(dm, false, images)[0],
                "dc_loss", one(dc),
                "grad.dc.images", Tensors.gradients(dc, false, images)[0],
                "herding_class0",
                        longs(GreedyMean.choose(
                                model.output(theta, real.get(0)).features(), integer(golden, "herding_count"))));
    }

    private static Map<String, Tensor> outerStep(GoldenCase golden) {
        var step = new OuterStep(
                number(golden, "lr_img"),
                number(golden, "lr_lr"),
                number(golden, "momentum"),
                Double.NEGATIVE_INFINITY);
        OuterStep.State state = OuterStep.State.of(golden.in("images"), golden.in("syn_lr"));
        var images = new ArrayList<Tensor>();
        var rates = new ArrayList<Tensor>();
        for (long i = 0; i < golden.in("image_grads").size(0); i++) {
            state = step.step(
                    state,
                    golden.in("image_grads").select(0, i),
                    golden.in("lr_grads").select(0, i).reshape(1));
            images.add(state.images());
            rates.add(state.rate().reshape(new long[0]));
        }
        return Map.of("images_history", stacked(images), "syn_lr_history", stacked(rates));
    }

    private static Tensor each(int count, IntToDoubleFunction value) {
        double[] values = new double[count];
        Arrays.setAll(values, value);
        return doubles(values, count);
    }

    private static Map<String, Tensor> schedules(GoldenCase golden) {
        int epochs = integer(golden, "expert_epochs_total");
        int evaluated = integer(golden, "eval_epochs");
        int starts = integer(golden, "max_start_epoch");
        var ramp =
                new LossRamp(number(golden, "clip_start"), number(golden, "clip_step"), integer(golden, "clip_epochs"));
        return Map.of(
                "loss_scale", each(epochs, ramp::at),
                "expert_lr",
                        each(
                                epochs,
                                new HalfwayDecay(epochs, number(golden, "expert_lr"), number(golden, "expert_lr_decay"))
                                        ::at),
                "eval_lr",
                        each(
                                evaluated + 1, // the official loop ends after epoch E
                                new HalfwayDecay(evaluated, number(golden, "eval_lr"), number(golden, "eval_lr_decay"))
                                        ::at),
                "balance_factor", each(starts, new Balance(starts)::factor));
    }
}
