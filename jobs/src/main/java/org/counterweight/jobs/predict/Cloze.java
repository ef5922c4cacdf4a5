package org.counterweight.jobs.predict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.data.text.vocabulary.Vocabulary;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An encoder fills gaps: for each {@code [MASK]} or {@code <mask>} of a text the likeliest words, with their probabilities. */
record Cloze(AskedModel asked) implements Predictor {
    private static final int WORDS = 5;

    @Override
    public void answer(Questions questions, Consumer<List<ObjectNode>> sink) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            AdaptedModel adapted = asked.open(files);
            Params params = asked.params(adapted);
            try (TextTokenizer tokenizer = asked.tokenizer(adapted)) {
                AskedModel.Reader reader = asked.reader(adapted, tokenizer);
                questions.texts(asked, texts -> {
                    sink.accept(answers(reader, texts, params));
                    asked.inference().progress().advance(texts.all().size());
                });
                reader.tellCut(asked.remarks());
            }
        }
    }

    /** The same of a model that is open. */
    static List<ObjectNode> answers(AskedModel.Reader reader, Questions.Texts texts, Params params) {
        AdaptedModel adapted = reader.adapted();
        Vocabulary.Token mask = reader.tokenizer().mask();
        if (mask == null) {
            throw new ConfigException(
                    reader.directory() + ": the tokenizer has no [MASK] or <mask>, in place of which words are told");
        }
        TokenRows rows = reader.encode(texts.all());
        var lines = new ArrayList<ObjectNode>();
        for (int row = 0; row < texts.all().size(); row++) {
            String text = texts.all().get(row);
            long[] tokens = rows.ids(row);
            adapted.checkLength("--max-length, or the text's tokens,", tokens.length);
            ObjectNode line = texts.begun().get(row);
            fill(line.putArray("masks"), tokens, mask.id(), adapted.model(), params, reader.tokenizer());
            if (line.path("masks").isEmpty()) {
                throw new ConfigException(
                        "--text",
                        text,
                        "a text with a gap, " + mask.text()
                                + ", to be filled: this model has a head for hidden words, and none for classes, which"
                                + " cw run teaches it");
            }
            lines.add(line);
        }
        return lines;
    }

    private static void fill(
            ArrayNode gaps, long[] tokens, long mask, Model model, Params params, TextTokenizer tokenizer) {
        try (var scope = Scope.open()) {
            var batch = new Batch(Map.of(Batch.INPUT_IDS, Tensors.longs(tokens, 1, tokens.length)));
            Tensor logits = model.forward(params, batch.to(params.device()), Pass.evaluation())
                    .logits()
                    .cpu()
                    .to(ScalarType.Float);
            for (int place = 0; place < tokens.length; place++) {
                if (tokens[place] == mask) {
                    words(gaps.addArray(), logits.select(0, 0).select(0, place).softmax(0), tokenizer);
                }
            }
        }
    }

    private static void words(ArrayNode words, Tensor shares, TextTokenizer tokenizer) {
        var best = torch.topk(shares, Math.min(WORDS, shares.size(0)));
        double[] probabilities = Tensors.toDoubles(new Tensor(best.get0()));
        long[] ids = Tensors.toLongs(new Tensor(best.get1()));
        for (int i = 0; i < ids.length; i++) {
            words.addObject()
                    .put("word", tokenizer.decode(ids[i]))
                    .put("probability", Math.round(probabilities[i] * 1e4) / 1e4);
        }
    }
}
