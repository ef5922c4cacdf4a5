package org.counterweight.jobs.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.merge.moe.MixtureRecipe;
import org.counterweight.merge.moe.MixtureRecipe.Expert;
import org.counterweight.merge.moe.MixtureRecipe.GateMode;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.JsonNode;

/**
 * The rows of the gates before each layer: of each expert the direction of its prompts, from hidden states or embeddings of the
 * base; or draws.
 *
 * @param seed of draws
 */
record Gates(MixtureRecipe recipe, int layers, long width, long seed) {
    private static final double LEAST = 1e-8;

    /** One matrix a layer, {@code [experts, width]}, float32; belong to the open scope. */
    List<Tensor> of(List<Expert> experts) {
        return recipe.gates().isDrawn() ? drawn(experts.size()) : asked(experts);
    }

    private List<Tensor> drawn(int experts) {
        var gates = new ArrayList<Tensor>();
        double bound = 1 / Math.sqrt(width);
        for (int i = 0; i < layers; i++) {
            var random = Tensors.optional(new Seed(seed).child("gate").child(i).generator());
            Tensor gate = Tensors.zeros(experts, width);
            gates.add(
                    recipe.gates() == GateMode.RANDOM
                            ? gate.normal_(0, 1, random)
                            : gate.uniform_(-bound, bound, random));
        }
        return gates;
    }

    private List<Tensor> asked(List<Expert> experts) {
        Path base = recipe.base().path();
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                ModelDirectory files = ModelDirectory.open(base);
                TextTokenizer tokenizer = TextTokenizer.open(base, TextTokenizer.UNLIMITED)) {
            AdaptedModel model = AdaptedModel.of(files, null);
            Params params = model.computed();
            Function<List<String>, Tensor> read = recipe.gates() == GateMode.CHEAP_EMBED
                    ? prompts -> embedded(prompts, tokenizer, params)
                    : prompts -> hidden(prompts, tokenizer, model, params);
            var rows = new ArrayList<Tensor>(); // [layers, width] an expert
            for (Expert expert : experts) {
                Tensor states = read.apply(expert.positive());
                rows.add(normalized(expert.negative().isEmpty() ? states : states.sub(read.apply(expert.negative()))));
            }
            Tensor all = torch.stack(new TensorVector(rows.toArray(Tensor[]::new)), 1); // [layers, experts, width]
            var gates = new ArrayList<Tensor>();
            for (int i = 0; i < layers; i++) {
                gates.add(scope.keep(all.select(0, i).to(ScalarType.Float).clone()));
            }
            return gates;
        }
    }

    private static Tensor normalized(Tensor states) {
        return states.div(Tensors.norm2(states, true, -1).clamp_min(Tensors.scalar(LEAST)));
    }

    private static long[] tokens(String prompt, TextTokenizer tokenizer, Path base) {
        return tokenizer.encode(List.of(begin(base) + prompt), false).ids(0);
    }

    /** The token that begins a text, as mergekit puts it in front of each prompt. */
    private static String begin(Path base) {
        try {
            Path file = base.resolve("tokenizer_config.json");
            if (!Files.exists(file)) {
                return "";
            }
            JsonNode token = Configs.read(file).path("bos_token");
            return token.isString() ? token.asString() : token.path("content").asString("");
        } catch (IOException e) {
            throw new UncheckedIOException(base + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private Tensor embedded(List<String> prompts, TextTokenizer tokenizer, Params params) {
        Tensor table = params.weights().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith("embed_tokens.weight"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
        Tensor sum = Tensors.zeros(1, width);
        for (String prompt : prompts) {
            long[] ids = tokens(prompt, tokenizer, recipe.base().path());
            sum = sum.add(Tensors.sum(
                    table.index_select(0, Tensors.longs(ids, ids.length)).to(ScalarType.Float), true, 0));
        }
        return normalized(sum).repeat(layers, 1);
    }

    private Tensor hidden(List<String> prompts, TextTokenizer tokenizer, AdaptedModel model, Params params) {
        Tensor sum = Tensors.zeros(layers, width);
        for (String prompt : prompts) {
            long[] ids = tokens(prompt, tokenizer, recipe.base().path());
            var before = new LinkedHashMap<String, float[]>();
            var taps = new LinkedHashMap<String, Tap>();
            for (int i = 0; i < layers; i++) {
                taps.put("model.layers." + i, new Reading(before, recipe.gates() == GateMode.HIDDEN_AVG));
            }
            var batch = new Batch(Map.of(Batch.INPUT_IDS, Tensors.longs(ids, 1, ids.length)));
            model.model().forward(params.tapped(taps), batch, Pass.evaluation());
            before.forEach((point, state) -> {
                int layer = Integer.parseInt(point.substring(point.lastIndexOf('.') + 1));
                sum.select(0, layer).add_(Tensors.floats(state, width).div(Tensors.scalar(prompts.size())));
            });
        }
        return sum;
    }

    /**
     * Notes what goes into a layer, and changes nothing.
     *
     * @param before by point, the state of the last token or the mean of all
     */
    private record Reading(Map<String, float[]> before, boolean isMean) implements Tap {
        @Override
        public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
            Tensor states = in.select(0, 0).to(ScalarType.Float); // [length, width]
            before.put(
                    point,
                    Tensors.toFloats(isMean ? Tensors.mean(states, false, 0) : states.select(0, states.size(0) - 1)));
            return out;
        }

        @Override
        public Map<String, Tensor> trainables() {
            return Map.of();
        }

        @Override
        public Tap with(Map<String, Tensor> tensors) {
            return this;
        }
    }
}
