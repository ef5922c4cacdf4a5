package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import org.counterweight.model.Batch;
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
record Embeddings(Asked asked, @Nullable String prompt) implements Predictor {
    private static final Batching BATCHING = Batching.of(32);

    @Override
    public List<ObjectNode> answers(Questions questions) {
        Questions.Texts texts = questions.texts(asked.remarks());
        try (var scope = Scope.open()) {
            Tensor vectors = vectors(texts.all());
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
            return lines;
        }
    }

    /** For {@code .safetensors} the vectors alone. */
    @Override
    public void write(Questions questions, Path output) {
        if (!output.toString().endsWith(".safetensors")) {
            Predictor.super.write(questions, output);
            return;
        }
        try (var scope = Scope.open()) {
            Tensor vectors = vectors(questions.texts(asked.remarks()).all());
            WeightsWriter.write(output, Map.of("embeddings", vectors), Map.of());
        }
    }

    private Tensor vectors(List<String> texts) {
        SentenceForm form = SentenceForm.of(asked.directory());
        String before = form.prompt(prompt);
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            AdaptedModel adapted = AdaptedModel.ofStates(files, asked.adapter());
            TokenizedTexts rows = rows(
                    adapted, form, texts.stream().map(text -> before + text).toList());
            Params params = adapted.computed();
            var parts = new TensorVector();
            var places = new TensorVector();
            for (int[] numbers : BATCHING.byLength(rows)) {
                try (var inner = Scope.open()) {
                    Batch batch = rows.batch(numbers);
                    Tensor states = adapted.model()
                            .forward(params, batch, Pass.evaluation())
                            .hidden()
                            .to(ScalarType.Float);
                    if (states.dim() != 3) {
                        throw new WeightsException(
                                asked.directory(), "has no states of tokens; --embed asks a transformer of texts");
                    }
                    parts.push_back(scope.keep(form.vectors(states, batch.get(Batch.ATTENTION_MASK))));
                    places.push_back(scope.keep(batch.get(Batch.ROW)));
                }
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

    private TokenizedTexts rows(AdaptedModel adapted, SentenceForm form, List<String> texts) {
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
        try (TextTokenizer tokenizer = asked.tokenizer(adapted, length)) {
            return new TokenizedTexts(asked.reader(adapted, tokenizer).encode(texts), tokenizer.padId());
        }
    }
}
