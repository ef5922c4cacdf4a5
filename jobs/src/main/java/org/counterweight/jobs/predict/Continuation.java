package org.counterweight.jobs.predict;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.engine.Scope;
import org.counterweight.formats.Format;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.model.Generation;
import org.counterweight.model.Params;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A decoder goes on with texts: {@code text}, {@code continuation}, and how many tokens that is. A model that answers texts
 * has an {@code answer} in the continuation's place.
 */
record Continuation(Asked asked, @Nullable Generation generation) implements Predictor {
    @Override
    public List<ObjectNode> answers(Questions questions) {
        Questions.Texts texts = questions.texts(asked.remarks());
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            AdaptedModel adapted = AdaptedModel.of(files, asked.adapter());
            Generation settings = generation == null ? Configs.defaults(Generation.class) : generation;
            try (TextTokenizer tokenizer = asked.tokenizer(adapted)) {
                var which = new WhichEdit(1);
                return answers(
                        asked.reader(adapted, tokenizer), texts, settings, which, () -> asked.params(adapted, which));
            }
        }
    }

    /**
     * The same of a model that is open.
     *
     * @param which of one text
     * @param asked what it is asked with, which tells {@code which}
     */
    static List<ObjectNode> answers(
            Asked.Reader reader, Questions.Texts texts, Generation settings, WhichEdit which, Supplier<Params> asked) {
        AdaptedModel adapted = reader.adapted();
        TokenRows rows = reader.encode(texts.all());
        Params given = asked.get();
        Params params = given.isOfWeightsAlone() ? Params.of(given.materialized()) : given; // faster, token after token
        Set<Long> ends = ends(reader.directory(), adapted.config());
        var lines = new ArrayList<ObjectNode>();
        for (int row = 0; row < texts.all().size(); row++) {
            which.forget();
            long[] prompt = rows.ids(row);
            if (prompt.length == 0) {
                throw new ConfigException("--text", texts.all().get(row), "at least one word to go on from");
            }
            adapted.checkLength("--max-new-tokens and the text", prompt.length + settings.maxNewTokens());
            long[] added = settings.extend(adapted.model(), params, prompt, ends, row);
            ObjectNode line = texts.begun().get(row);
            if (adapted.model().answerStart().isPresent()) {
                line.put("answer", reader.tokenizer().decode(added));
            } else {
                line.put("continuation", continuation(reader.tokenizer(), prompt, added));
            }
            line.put("tokens", added.length);
            which.tell(0, line);
            lines.add(line);
        }
        return lines;
    }

    /** Decoded together with the prompt: some tokenizers drop the blank before a text's first word. */
    private static String continuation(TextTokenizer tokenizer, long[] prompt, long[] added) {
        long[] all = Arrays.copyOf(prompt, prompt.length + added.length);
        System.arraycopy(added, 0, all, prompt.length, added.length);
        String before = tokenizer.decode(prompt);
        String whole = tokenizer.decode(all);
        return whole.startsWith(before) ? whole.substring(before.length()) : tokenizer.decode(added);
    }

    /** The tokens that {@code generation_config.json} ends at; where it names none, those of {@code config.json}. */
    private static Set<Long> ends(Path directory, ObjectNode config) {
        Path file = directory.resolve("generation_config.json");
        Set<Long> stated = Files.exists(file) ? ends(Format.config(file)) : Set.of();
        return stated.isEmpty() ? ends(config) : stated;
    }

    private static Set<Long> ends(ObjectNode config) {
        var ends = new HashSet<Long>();
        JsonNode stated = config.path("eos_token_id");
        if (stated.isIntegralNumber()) {
            ends.add(stated.asLong());
        }
        stated.forEach(id -> ends.add(id.asLong()));
        return ends;
    }
}
