package org.counterweight.jobs.generate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.SpecialTokens;
import org.counterweight.fewgen.generate.LabelPrompt;
import org.counterweight.fewgen.prefix.PrefixGenerator;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.jobs.recipe.program.GenerateRecipe;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The language model that writes, with the prefixes as they begin. Belongs to the open scope.
 *
 * @param infix tokens between the sentences of a pair; of no label in particular
 */
record OpenedGenerator(
        ModelDirectory files, AdaptedModel adapted, TextTokenizer tokenizer, PrefixGenerator generator, long[] infix)
        implements AutoCloseable {
    static OpenedGenerator open(Path directory, GenerateRecipe recipe) {
        if (AdaptedModel.kind(directory, null) != TaskKind.CAUSAL_LM) {
            throw new ConfigException(
                    "generator: " + directory
                            + " has no language model's head that goes on with a text (GPT2LMHeadModel, LlamaForCausalLM and their like)");
        }
        ModelDirectory files = ModelDirectory.open(directory);
        try {
            AdaptedModel adapted = AdaptedModel.of(files, null);
            TextTokenizer tokenizer = TextTokenizer.open(directory, TextTokenizer.UNLIMITED);
            try {
                return of(directory, files, adapted, tokenizer, recipe);
            } catch (RuntimeException e) {
                tokenizer.close();
                throw e;
            }
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private static OpenedGenerator of(
            Path directory,
            ModelDirectory files,
            AdaptedModel adapted,
            TextTokenizer tokenizer,
            GenerateRecipe recipe) {
        var prompts = new ArrayList<long[]>();
        var controls = new HashSet<Integer>();
        for (LabelPrompt label : recipe.labels()) {
            prompts.add(prompt(label, tokenizer, controls));
        }
        if (controls.size() > 1) {
            throw new ConfigException("labels.control: control codes have " + controls
                    + " tokens; give all labels codes of one length, or none");
        }
        Tensor infix = recipe.data().arePairs() ? infixes(recipe.labels(), tokenizer) : null;
        SpecialTokens special = specials(directory, adapted.config());
        long[] between = !recipe.data().arePairs()
                ? new long[0]
                : infix == null ? new long[] {special.begin()} : Tensors.toLongs(infix.select(0, 0));
        checkPlaces(adapted, prompts, between.length, recipe);
        try {
            PrefixGenerator generator = PrefixGenerator.of(
                    adapted.model(),
                    adapted.computed(),
                    special,
                    prompts,
                    controls.iterator().next(),
                    infix,
                    recipe.fewgen().tune().dropout());
            return new OpenedGenerator(files, adapted, tokenizer, generator, between);
        } catch (IllegalArgumentException e) { // what the model is not made for
            throw new ConfigException("generator: " + directory + ": " + e.getMessage(), e);
        }
    }

    private static long[] prompt(LabelPrompt label, TextTokenizer tokenizer, HashSet<Integer> controls) {
        String code = label.control().strip();
        long[] whole = ids(tokenizer, code.isEmpty() ? label.prompt() : code + " " + label.prompt());
        long[] control = code.isEmpty() ? new long[0] : ids(tokenizer, code);
        if (!Arrays.equals(control, Arrays.copyOf(whole, control.length))) {
            throw new ConfigException("labels.control: \"" + code + "\" is other tokens alone than before \""
                    + label.prompt() + "\"; end it with a whole word");
        }
        controls.add(control.length);
        return whole;
    }

    private static long[] ids(TextTokenizer tokenizer, String text) {
        return tokenizer.encode(List.of(text), false).ids(0);
    }

    /** {@code int64 [labels, infix]}; null where there are none. */
    private static @Nullable Tensor infixes(List<LabelPrompt> labels, TextTokenizer tokenizer) {
        if (labels.get(0).infix().isBlank()) {
            return null;
        }
        List<long[]> each = labels.stream()
                .map(label -> ids(tokenizer, " " + label.infix()))
                .toList();
        int length = each.get(0).length;
        long[] all = new long[labels.size() * length];
        for (int label = 0; label < each.size(); label++) {
            if (each.get(label).length != length) {
                throw new ConfigException("labels.infix: \"" + labels.get(label).infix() + "\" has "
                        + each.get(label).length + " tokens, \"" + labels.get(0).infix() + "\" has " + length
                        + "; give all labels infixes of one length");
            }
            System.arraycopy(each.get(label), 0, all, label * length, length);
        }
        return Tensors.longs(all, labels.size(), length);
    }

    private static SpecialTokens specials(Path directory, ObjectNode config) {
        long end = token(config.path("eos_token_id"), -1);
        if (end < 0) {
            throw new ConfigException("generator: " + directory
                    + ": config.json does not say which token ends a text; give it eos_token_id");
        }
        return new SpecialTokens(token(config.path("bos_token_id"), end), end);
    }

    private static long token(JsonNode stated, long otherwise) {
        JsonNode one = stated.isArray() && !stated.isEmpty() ? stated.get(0) : stated;
        return one.isIntegralNumber() ? one.asLong() : otherwise;
    }

    private static void checkPlaces(AdaptedModel adapted, List<long[]> prompts, int between, GenerateRecipe recipe) {
        int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
        int first = recipe.data().arePairs() ? recipe.fewgen().tune().firstLimit() + between : 1;
        int written = first + recipe.fewgen().write().maxTokens();
        int learnt = recipe.fewgen().tune().maxLength();
        if ((long) longest + Math.max(written, learnt) > adapted.places()) {
            throw new ConfigException("generator: a prompt of " + longest + " tokens with texts of "
                    + Math.max(written, learnt) + " needs more than the model's " + adapted.places()
                    + " positions; shorten prompts, fewgen.tune.max_length, fewgen.tune.first_limit or"
                    + " fewgen.write.max_tokens");
        }
    }

    @Override
    public void close() {
        tokenizer.close();
        files.close();
    }
}
