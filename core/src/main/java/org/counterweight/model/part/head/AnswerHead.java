package org.counterweight.model.part.head;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Shapes;

/**
 * T5's head on its hidden states.
 *
 * @param tied whether words are predicted by the words' own table, and not by {@code lm_head}
 * @param scale of what words are predicted from; 1 for none
 * @param end the token at whose last place a text is classified
 * @param classes of a classifier of texts or tokens; unused by others
 */
public record AnswerHead(Head kind, boolean tied, double scale, int end, double dropout, int classes) {
    private static final String WORDS = "lm_head";
    private static final String TABLE = "shared";
    private static final String WHOLE = "classification_head";
    private static final String DENSE = WHOLE + ".dense";
    private static final String SCORES = WHOLE + ".out_proj";
    private static final String TOKENS = "classifier";

    /** Whether the body has a name of its own beside the head. */
    public boolean isBeside() {
        return kind == Head.CLASSIFIER || kind == Head.TOKEN_CLASSIFIER;
    }

    /** Whether words are predicted. */
    public boolean speaks() {
        return kind == Head.LANGUAGE;
    }

    /** The answer that a text is classified by: the text itself behind the token that answers begin with. */
    public Tensor moved(Tensor ids, long start) {
        Tensor first = torch.full_like(slice(ids, 1, 0, 1), scalar(start));
        return torch.cat(new TensorVector(first, slice(ids, 1, 0, ids.size(1) - 1)), 1);
    }

    /** What the head is fed, of hidden states {@code [rows, length, width]}. */
    public Tensor features(Tensor hidden, Batch batch) {
        return switch (kind) {
            case NONE ->
                batch.find(Batch.DECODER_INPUT_IDS) == null
                        ? Pooled.mean(hidden, batch)
                        : Tensors.mean(hidden, false, 1);
            case CLASSIFIER -> atEnd(hidden, batch.inputIds());
            case TOKEN_CLASSIFIER, LANGUAGE -> hidden;
        };
    }

    private Tensor atEnd(Tensor hidden, Tensor ids) {
        Tensor ends = ids.eq(scalar(end)).to(ScalarType.Long);
        if (!ends.any(1).all().item_bool()) {
            throw new IllegalArgumentException("input_ids: a text without the end token " + end
                    + " (eos_token_id), at which T5 tells its class; let the tokenizer add it");
        }
        Tensor numbers =
                torch.arange(scalar(ids.size(1)), Tensors.options(ends)).add(scalar(1));
        Tensor at = ends.mul(numbers).argmax(new LongOptional(1), false);
        long[] wide = {hidden.size(0), 1, hidden.size(2)};
        return hidden.gather(1, at.view(-1, 1, 1).expand(wide)).squeeze(1);
    }

    /** @param params of the whole model */
    public Output of(Params params, Tensor features, Pass pass) {
        return switch (kind) {
            case NONE -> new Output(features, features);
            case CLASSIFIER -> {
                Tensor said = torch.tanh(params.linear(DENSE, pass.dropout(features, dropout), pass));
                yield new Output(params.linear(SCORES, pass.dropout(said, dropout), pass), features);
            }
            case TOKEN_CLASSIFIER ->
                Output.ofTokens(features, x -> params.linear(TOKENS, pass.dropout(x, dropout), pass));
            case LANGUAGE -> Output.ofTokens(features, x -> words(params, x, pass));
        };
    }

    private Tensor words(Params params, Tensor x, Pass pass) {
        Tensor scaled = scale == 1 ? x : times(x, scale);
        return tied && !params.has(WORDS + ".weight")
                ? params.tied(TABLE, scaled, null, pass)
                : params.linear(WORDS, scaled, pass);
    }

    /** The same for another number of classes. */
    public AnswerHead withClasses(int number) {
        kind.requireClasses();
        return new AnswerHead(kind, tied, scale, end, dropout, number);
    }

    /** {@code shapes} with the head's. */
    public Shapes shapes(Shapes shapes, String table, long vocabulary, long width) {
        return switch (kind) {
            case NONE -> shapes;
            case CLASSIFIER -> part(part(shapes, DENSE, width, width), SCORES, classes, width);
            case TOKEN_CLASSIFIER -> shapes.head(TOKENS, classes, width, true);
            case LANGUAGE ->
                tied
                        ? shapes.tied(
                                new ModuleSpec(WORDS, Kind.LINEAR).inHead(WORDS).tiedTo(table))
                        : shapes.head(WORDS, vocabulary, width, false);
        };
    }

    private static Shapes part(Shapes shapes, String module, long out, long in) {
        return shapes.module(new ModuleSpec(module, Kind.LINEAR).inHead(WHOLE), out, in)
                .put(module + ".bias", out);
    }
}
