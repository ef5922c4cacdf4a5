package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.data.Batching;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenizedTexts;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.jobs.predict.embed.SentenceForm;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The vectors of texts: {@code text} and {@code embedding}, made as the files beside the model say ({@link SentenceForm}).
 *
 * @param prompt the name of what is put before every text; null for what is usual
 */
record Embeddings(AskedModel asked, @Nullable String prompt) implements Predictor {
    private static final int TOKENS = 8192;

    @Override
    public void answer(Questions questions, Consumer<List<ObjectNode>> sink) {
        vectors(questions, (texts, vectors) -> {
            float[] numbers = Tensors.toFloats(vectors);
            int width = Math.toIntExact(vectors.size(1));
            var lines = new ArrayList<ObjectNode>();
            for (ObjectNode line : texts.begun()) {
                ArrayNode vector = line.putArray("embedding");
                for (int i = 0; i < width; i++) {
                    vector.add(numbers[lines.size() * width + i]);
                }
                lines.add(line);
            }
            sink.accept(lines);
        });
    }

    /** The vectors. */
    @Override
    public void writeTensors(Questions questions, Path output) {
        try (var scope = Scope.open()) {
            var parts = new ArrayList<Tensor>();
            try {
                vectors(questions, (texts, vectors) -> parts.add(Scope.own(vectors)));
                Tensor all = torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 0);
                WeightsWriter.write(output, Map.of("embeddings", all), Map.of());
            } finally {
                parts.forEach(Tensor::close);
            }
        }
    }

    private void vectors(Questions questions, BiConsumer<Questions.Texts, Tensor> sink) {
        SentenceForm form = SentenceForm.of(asked.directory());
        String before = form.prompt(prompt);
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            AdaptedModel adapted = asked.openStates(files);
            try (TextTokenizer tokenizer = tokenizer(adapted, form)) {
                AskedModel.Reader reader = asked.reader(adapted, tokenizer);
                Params params = asked.params(adapted);
                questions.texts(asked, texts -> {
                    try (var some = Scope.open()) {
                        List<String> whole =
                                texts.all().stream().map(text -> before + text).toList();
                        sink.accept(
                                texts,
                                vectors(
                                        form,
                                        adapted.model(),
                                        params,
                                        new TokenizedTexts(reader.encode(whole), tokenizer.padId())));
                    }
                });
                reader.tellCut(asked.remarks());
            }
        }
    }

    private Tensor vectors(SentenceForm form, Model model, Params params, TokenizedTexts rows) {
        var parts = new TensorVector();
        var places = new TensorVector();
        try (var scope = Scope.open()) {
            for (int[] numbers : Batching.of(asked.inference().rows()).byLength(rows, TOKENS)) {
                try (var inner = Scope.open()) {
                    Batch batch = rows.batch(numbers);
                    Tensor states = model.forward(params, batch.to(params.device()), Pass.evaluation())
                            .hidden()
                            .cpu()
                            .to(ScalarType.Float);
                    if (states.dim() != 3) {
                        throw new WeightsException(
                                asked.directory(), "has no states of tokens; --embed asks a transformer of texts");
                    }
                    parts.push_back(inner.keep(form.vectors(states, batch.get(Batch.ATTENTION_MASK))));
                    places.push_back(inner.keep(batch.get(Batch.ROW)));
                }
                asked.inference().progress().advance(numbers.length);
            }
            Tensor order = torch.cat(places, 0).argsort(0, false);
            Tensor vectors = torch.cat(parts, 0).index_select(0, order);
            if (!vectors.isfinite().all().item_bool()) {
                throw new WeightsException(
                        asked.directory(), "gives vectors that are not finite; the weights are damaged");
            }
            return scope.keep(vectors);
        }
    }

    private TextTokenizer tokenizer(AdaptedModel adapted, SentenceForm form) {
        if (adapted.model().answerStart().isPresent()) {
            throw new ConfigException(asked.directory()
                    + ": answers texts; --embed takes an encoder or a decoder (of T5, T5EncoderModel)");
        }
        Integer given = asked.maxLength() != null || form.length().isEmpty()
                ? asked.maxLength()
                : Integer.valueOf(Math.min(form.length().getAsInt(), adapted.places()));
        Path home = TokenizerPlace.of(asked.directory(), asked.adapter()).directory();
        int length = ClassifierLength.of(given, adapted, home);
        if (asked.maxLength() != null) {
            adapted.checkLength("--max-length", length);
        }
        return asked.tokenizer(adapted, length);
    }
}
