package org.counterweight.jobs.predict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.predict.answer.WhichEdit;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How likely texts are to a decoder: {@code loss}, the mean −log p of a token given those before it, and {@code perplexity},
 * its exponential; both null for a text of one token. {@code tokens} counts those that were predicted.
 */
record Perplexity(AskedModel asked) implements Predictor {
    @Override
    public void answer(Questions questions, Consumer<List<ObjectNode>> sink) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            AdaptedModel adapted = asked.open(files);
            Params params = asked.edited(adapted, asked.params(adapted), new WhichEdit(1));
            try (TextTokenizer tokenizer = asked.tokenizer(adapted)) {
                AskedModel.Reader reader = asked.reader(adapted, tokenizer);
                questions.texts(asked, texts -> sink.accept(lines(reader, texts, params)));
                reader.tellCut(asked.remarks());
            }
        }
    }

    private List<ObjectNode> lines(AskedModel.Reader reader, Questions.Texts texts, Params params) {
        TokenRows rows = reader.encode(texts.all());
        var lines = new ArrayList<ObjectNode>();
        for (int row = 0; row < rows.size(); row++) {
            long[] tokens = rows.ids(row);
            reader.adapted().checkLength("--max-length, or the text's tokens,", tokens.length);
            lines.add(line(texts.begun().get(row), tokens, reader.adapted(), params));
            asked.inference().progress().advance(1);
        }
        return lines;
    }

    private static ObjectNode line(ObjectNode line, long[] tokens, AdaptedModel adapted, Params params) {
        if (tokens.length < 2) {
            line.putNull("loss").putNull("perplexity");
        } else {
            try (var scope = Scope.open()) {
                var ids = Tensors.longs(tokens, 1, tokens.length);
                var batch = new Batch(Map.of(Batch.INPUT_IDS, ids, Batch.LABELS, ids)).to(params.device());
                double loss = TokenCrossEntropy.CAUSAL
                        .losses(adapted.model(), params, batch, Pass.evaluation())
                        .perRow()
                        .item_double();
                line.put("loss", loss).put("perplexity", Math.exp(loss));
            }
        }
        return line.put("tokens", Math.max(0, tokens.length - 1));
    }
}
