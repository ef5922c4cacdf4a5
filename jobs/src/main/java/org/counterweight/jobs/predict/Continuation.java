package org.counterweight.jobs.predict;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.engine.Scope;
import org.counterweight.formats.Format;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.model.Params;
import org.counterweight.model.generate.Continuations;
import org.counterweight.model.generate.Generation;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A decoder goes on with texts: {@code text}, {@code continuation}, and how many tokens that is. */
record Continuation(Asked asked, @Nullable Speech given) implements Predictor {
    @Override
    public List<ObjectNode> answers(Questions questions) {
        Questions.Texts texts = questions.texts(asked.remarks());
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            return extended(texts, AdaptedModel.of(files, asked.adapter()));
        }
    }

    private List<ObjectNode> extended(Questions.Texts texts, AdaptedModel adapted) {
        Speech speech = given == null ? Speech.usual() : given;
        try (TextTokenizer tokenizer = asked.tokenizer(adapted)) {
            List<long[]> prompts = prompts(texts.all(), tokenizer, adapted, speech.generation());
            var which = new WhichEdit(1);
            Params params = asked.params(adapted, which);
            if (params.isOfWeightsAlone()) {
                params = Params.of(params.materialized()); // faster, token after token
            }
            Consumer<String> hearer = speech.hearer() == null ? piece -> {} : speech.hearer();
            List<Utterance> said = prompts.stream()
                    .map(prompt -> new Utterance(tokenizer, prompt, speech.stop(), hearer))
                    .toList();
            boolean alone = speech.hearer() != null || asked.edits() != null; // both tell of one text at a time
            int together = alone ? 1 : prompts.size();
            Set<Long> ends = ends(asked.directory(), adapted.config());
            var lines = new ArrayList<ObjectNode>();
            for (int from = 0; from < prompts.size(); from += together) {
                which.forget();
                int first = from;
                List<Continuations.Continued> found = Continuations.of(
                                adapted.model(), params, speech.generation(), ends)
                        .inBatches(speech.batch())
                        .followedBy((text, token) -> said.get(first + text).add(token))
                        .after(prompts.subList(from, from + together), from);
                for (int i = 0; i < together; i++) {
                    ObjectNode line = texts.begun().get(from + i);
                    line.put("continuation", said.get(from + i).whole());
                    line.put("tokens", found.get(i).tokens().length);
                    which.tell(0, line);
                    lines.add(line);
                }
                if (speech.hearer() != null) {
                    hearer.accept(System.lineSeparator());
                }
            }
            return lines;
        }
    }

    private List<long[]> prompts(
            List<String> texts, TextTokenizer tokenizer, AdaptedModel adapted, Generation settings) {
        TokenRows rows = asked.encode(tokenizer, texts);
        var prompts = new ArrayList<long[]>();
        for (int row = 0; row < texts.size(); row++) {
            long[] prompt = rows.ids(row);
            if (prompt.length == 0) {
                throw new ConfigException("--text", texts.get(row), "at least one word to go on from");
            }
            adapted.checkLength("--max-new-tokens and the text", prompt.length + settings.maxNewTokens());
            prompts.add(prompt);
        }
        return prompts;
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
