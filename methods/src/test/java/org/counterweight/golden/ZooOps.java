package org.counterweight.golden;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.generate.Continuations;
import org.counterweight.model.generate.Generation;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.pair.Clip;
import org.counterweight.testing.GoldenCase;
import org.counterweight.weights.ModelDirectory;

/** {@code model.load}: a model that transformers saved, read here, says what it says there. */
final class ZooOps {
    static final Map<String, Op> ALL = Map.of("model.load", ZooOps::load);

    private ZooOps() {}

    private static Map<String, Tensor> load(GoldenCase golden) {
        Path home = golden.directory().resolve(golden.params().path("model_dir").asString("model"));
        try (var off = Tensors.noGrad();
                ModelDirectory files = ModelDirectory.open(home)) {
            Model model = Architectures.of(files.config());
            var fitted = Architectures.fit(model, files.all());
            if (!fitted.missing().isEmpty()) {
                throw new IllegalStateException("the files lack " + fitted.missing());
            }
            var weights = new LinkedHashMap<>(fitted.byName());
            weights.replaceAll((name, tensor) -> tensor.is_floating_point() ? tensor.to(ScalarType.Float) : tensor);
            Params params = Params.of(weights);
            var inputs = new LinkedHashMap<>(golden.inputs());
            Tensor prompt = inputs.remove("prompt");
            var batch = new Batch(inputs);
            Output output = model.forward(params, batch, Pass.evaluation());
            String architecture = golden.params().required("architecture").asString();
            var out = new LinkedHashMap<String, Tensor>();
            for (String name : golden.outputs().keySet()) {
                out.put(name, clean(named(name, output, model, params, batch, prompt, golden), architecture, batch));
            }
            return out;
        }
    }

    private static Tensor named(
            String name, Output output, Model model, Params params, Batch batch, Tensor prompt, GoldenCase golden) {
        return switch (name) {
            case "logits", "logits_per_image" -> output.logits();
            case "logits_per_text" -> output.logits().t();
            case "image_embeds" ->
                model instanceof Clip clip ? clip.images(params, batch, Pass.evaluation()) : output.logits();
            case "text_embeds" ->
                model instanceof Clip clip ? clip.texts(params, batch, Pass.evaluation()) : output.logits();
            case "last_hidden_state" -> output.hidden();
            case "greedy" -> {
                long wanted = Objects.requireNonNull(golden.outputs().get(name)).size(-1);
                yield greedy(model, params, Objects.requireNonNull(prompt), wanted);
            }
            default -> throw new IllegalArgumentException("unknown output " + name);
        };
    }

    private static Tensor greedy(Model model, Params params, Tensor prompt, long count) {
        var generation = Generation.greedy(Math.toIntExact(count));
        if (model.answerStart().isPresent()) { // the prompt is read, and a text of its own is begun
            var answers = Continuations.of(model, params, generation, Set.of());
            long[] answer =
                    answers.after(List.of(Tensors.toLongs(prompt)), 0).get(0).tokens();
            return Tensors.longs(answer, 1, answer.length);
        }
        long[] added = generation.extend(model, params, Tensors.toLongs(prompt), Set.of(), 0);
        return Tensors.longs(added, 1, added.length);
    }

    /** Encoders' outputs that stand at a position are zero in the cases where the mask is. */
    private static Tensor clean(Tensor x, String architecture, Batch batch) {
        Tensor real = batch.find(Batch.ATTENTION_MASK);
        boolean isDecoder = architecture.endsWith("CausalLM")
                || architecture.equals("GPT2LMHeadModel")
                || architecture.endsWith("ForConditionalGeneration");
        boolean isClip = architecture.startsWith("CLIP");
        boolean isOfText = real != null && x.dim() == 3 && x.size(1) == real.size(1);
        return isDecoder || isClip || real == null || !isOfText ? x : x.mul(real.unsqueeze(2));
    }
}
