package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.Passages;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.data.text.chat.ChatTemplate;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.predict.answer.WhichEdit;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.jobs.predict.speech.Chat;
import org.counterweight.jobs.predict.speech.GenerationFile;
import org.counterweight.jobs.predict.speech.Speech;
import org.counterweight.jobs.predict.speech.Utterance;
import org.counterweight.model.Params;
import org.counterweight.model.generate.Continuations;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A decoder continues texts: {@code text}, {@code continuation}, and how many tokens that is. A model that answers texts
 * has an {@code answer} in the continuation's place.
 */
record Continuation(AskedModel asked, @Nullable Speech speech) implements Predictor {
    @Override
    public void answer(Questions questions, Consumer<List<ObjectNode>> sink) {
        if (!asked.inference().device().equals("cpu")) {
            throw new ConfigException("--device", asked.inference().device(), "cpu, where decoders go on with texts");
        }
        Chat chat = speech == null ? null : speech.chat();
        ChatTemplate template = chat == null ? null : asked.chatTemplate(chat.tools() != null);
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            AdaptedModel adapted = asked.open(files);
            Params computed = asked.params(adapted);
            try (TextTokenizer tokenizer = asked.tokenizer(adapted)) {
                AskedModel.Reader reader = asked.reader(adapted, tokenizer);
                var which = new WhichEdit(1);
                Params params = asked.edited(adapted, computed, which);
                Speech how = speech == null ? Speech.usual() : speech;
                String end = template == null ? null : template.end();
                tellUnheeded();
                Consumer<Questions.Texts> answering = texts -> {
                    sink.accept(answers(reader, texts, how, end, which, () -> params));
                    asked.inference().progress().advance(texts.read().size());
                };
                if (chat == null || template == null) {
                    questions.texts(asked, answering);
                } else {
                    questions.conversations(asked, said -> answering.accept(chat.prompts(said, template)));
                }
                reader.tellCut(asked.remarks());
            }
        }
    }

    /**
     * The same of a model that is open.
     *
     * @param end a token that ends an answer beside those that the model's files name, or null
     * @param which of one text
     * @param asked what it is asked with, which tells {@code which}
     */
    static List<ObjectNode> answers(
            AskedModel.Reader reader,
            Questions.Texts texts,
            Speech speech,
            @Nullable String end,
            WhichEdit which,
            Supplier<Params> asked) {
        AdaptedModel adapted = reader.adapted();
        boolean isAnswer = adapted.model().answerStart().isPresent(); // only then two texts are read together
        Passages read = isAnswer ? texts.read() : Passages.alone(texts.all());
        List<long[]> prompts = prompts(reader, read, speech);
        Params given = asked.get();
        Params params = given.isOfWeightsAlone() ? Params.of(given.materialized()) : given; // faster, token after token
        Consumer<String> hearer = speech.hearer() == null ? piece -> {} : speech.hearer();
        boolean answers = speech.chat() != null || isAnswer; // a text of its own, which does not go on from the prompt
        List<Utterance> said = prompts.stream()
                .map(prompt -> new Utterance(reader.tokenizer(), answers ? new long[0] : prompt, speech.stop(), hearer))
                .toList();
        boolean alone =
                speech.hearer() != null || !params.taps().isEmpty(); // edits tell which of them answered one text
        int together = alone ? 1 : prompts.size();
        Set<Long> ends = ends(reader.directory(), adapted.config());
        if (end != null) {
            reader.tokenizer().special(end).ifPresent(id -> ends.add((long) id));
        }
        Continuations ways = Continuations.of(adapted.model(), params, speech.generation(), ends)
                .inBatches(speech.batch());
        var lines = new ArrayList<ObjectNode>();
        for (int from = 0; from < prompts.size(); from += together) {
            which.forget();
            int first = from;
            List<Continuations.Continued> found = ways.followedBy(
                            (text, token) -> said.get(first + text).add(token))
                    .after(prompts.subList(from, from + together), texts.first() + from);
            for (int i = 0; i < together; i++) {
                ObjectNode line = texts.begun().get(from + i);
                line.put(answers ? "answer" : "continuation", said.get(from + i).whole());
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

    private static List<long[]> prompts(AskedModel.Reader reader, Passages texts, Speech speech) {
        TokenRows rows = texts.arePairs() ? reader.encode(texts) : reader.encode(texts.texts(), speech.chat() == null);
        var prompts = new ArrayList<long[]>();
        for (int row = 0; row < texts.size(); row++) {
            long[] prompt = rows.ids(row);
            if (prompt.length == 0) {
                throw new ConfigException("--text", texts.texts().get(row), "at least one word to go on from");
            }
            reader.adapted()
                    .checkLength(
                            "--max-new-tokens and the text",
                            prompt.length + speech.generation().maxNewTokens());
            prompts.add(prompt);
        }
        return prompts;
    }

    /** The tokens that {@code generation_config.json} ends at; where it names none, those of {@code config.json}. */
    private static Set<Long> ends(Path directory, ObjectNode config) {
        Set<Long> stated = GenerationFile.in(directory).ends();
        return stated.isEmpty() ? new GenerationFile(config).ends() : stated;
    }

    /** A model's files may ask for more than is done here. */
    private void tellUnheeded() {
        List<String> unheeded = GenerationFile.in(asked.directory()).unheeded();
        if (!unheeded.isEmpty()) {
            asked.remarks()
                    .accept("generation_config.json asks for " + String.join(", ", unheeded)
                            + ", which is not done here; transformers' generate answers otherwise");
        }
    }
}
