package org.counterweight.model.zoo.answer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Past;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.Attention;
import org.counterweight.model.part.attention.RelativeBias;
import org.counterweight.model.part.head.AnswerHead;
import org.counterweight.model.part.layer.AnsweringLayer;
import org.counterweight.model.part.layer.TransformerLayer;

/**
 * T5: an encoder reads a text, a decoder answers it. C. Raffel et al., "Exploring the Limits of Transfer Learning with a
 * Unified Text-to-Text Transformer", JMLR 2020. mT5 (L. Xue et al., NAACL 2021) and UMT5 (H. W. Chung et al., ICLR 2023) are
 * the same for many languages.
 *
 * <p>Names are those of Hugging Face's files. Batch: {@code input_ids} and {@code decoder_input_ids}, and where given
 * {@code attention_mask} and {@code decoder_attention_mask}; a classifier of texts answers the text with itself, moved one
 * place on, and reads the answer's state at the last end token. The last hidden state is the answer's, or the text's where
 * there is no answer. With a past the text is read in the first pass.
 *
 * <p>Points: what attention, attention to the text and feed-forward part give, at their last module; what a layer gives, at
 * the layer.
 *
 * @param encoders how many layers read the text
 * @param decoders how many layers answer; 0 where the text is only read
 * @param bias what distances add to the scores, by a table in the layer
 * @param isBiasOfEach whether each layer has a table of its own; else all read the first layer's
 * @param start the token an answer begins with
 * @param factor of the deviations of fresh weights
 */
public record T5(
        int vocabulary,
        int encoders,
        TransformerLayer encoder,
        int decoders,
        AnsweringLayer decoder,
        RelativeBias bias,
        boolean isBiasOfEach,
        Norm norm,
        double dropout,
        AnswerHead head,
        long start,
        double factor)
        implements ShapedModel {
    private static final String ENCODER = "encoder";
    private static final String DECODER = "decoder";
    private static final String BASE = "transformer.";
    private static final String BLOCK = "block.";
    private static final String WORDS = "shared";
    private static final String LAST_NORM = "final_layer_norm";

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Params body = head.isBeside() ? params.at(BASE.substring(0, BASE.length() - 1)) : params;
        Tensor hidden = decoders == 0 ? read(body, batch, pass) : answer(body, batch, pass);
        return head(params, head.features(hidden, batch), pass).withHidden(hidden);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return head.of(params, features, pass);
    }

    @Override
    public T5 withClasses(int classes) {
        return new T5(
                vocabulary,
                encoders,
                encoder,
                decoders,
                decoder,
                bias,
                isBiasOfEach,
                norm,
                dropout,
                head.withClasses(classes),
                start,
                factor);
    }

    @Override
    public OptionalLong answerStart() {
        return head.speaks() ? OptionalLong.of(start) : OptionalLong.empty();
    }

    /** The text's states, {@code [rows, length, width]}. */
    private Tensor read(Params body, Batch batch, Pass pass) {
        Params stack = body.at(ENCODER);
        Tensor ids = batch.inputIds();
        Tensor padding = Attention.padding(batch, body);
        IntFunction<Tensor> masks = eachLayer(stack, layer -> {
            Tensor places = bias.of(layer, 0, ids.size(1), ids.size(1));
            return padding == null ? places : places.add(padding);
        });
        int first = first(pass);
        Tensor x = first > 0 && first <= encoders ? activation(pass) : embedded(body, ids, pass);
        for (int i = first <= encoders ? first : 0; i < encoders; i++) {
            try (var scope = Scope.open()) { // what backward does not need goes at once
                String name = BLOCK + i;
                Tensor y = encoder.apply(stack.at(name), x, masks.apply(i), null, pass);
                x = scope.keep(stack.tap(name, x, y, pass));
            }
        }
        return last(stack, x, pass);
    }

    /** The answer's states, {@code [rows, answer, width]}. */
    private Tensor answer(Params body, Batch batch, Pass pass) {
        Params stack = body.at(DECODER);
        Batch answer = answering(batch);
        IntFunction<Tensor> masks = eachLayer(stack, layer -> mask(layer, answer, pass));
        Tensor memoryMask = Attention.padding(batch, body);
        Tensor memory = memory(body, batch, pass);
        int first = Math.max(0, first(pass) - encoders);
        Tensor x = first > 0 ? activation(pass) : embedded(body, answer.inputIds(), pass);
        for (int i = first; i < decoders; i++) {
            try (var scope = Scope.open()) {
                String name = BLOCK + i;
                Tensor y = decoder.apply(stack.at(name), x, memory, masks.apply(i), memoryMask, pass);
                x = scope.keep(stack.tap(name, x, y, pass));
            }
        }
        Attention.read(pass, answer.inputIds().size(1));
        return last(stack, x, pass);
    }

    /** The place of the first layer to compute, the encoder's before the decoder's, which ask the whole encoder. */
    private int first(Pass pass) {
        Pass.Resumed known = pass.resumed();
        return known == null
                ? 0
                : known.next(Stream.concat(layers(ENCODER, encoders).stream(), layers(DECODER, decoders).stream())
                        .toList());
    }

    private static Tensor activation(Pass pass) {
        return Objects.requireNonNull(pass.resumed()).activation();
    }

    /** The text's states; those that a past has read already. */
    private Tensor memory(Params body, Batch batch, Pass pass) {
        Past past = pass.past();
        return past == null
                ? read(body, batch, pass)
                : past.once(ENCODER, () -> read(body, batch, Pass.evaluation().over(batch)));
    }

    private Batch answering(Batch batch) {
        var answer = new LinkedHashMap<String, Tensor>();
        Tensor given = batch.find(Batch.DECODER_INPUT_IDS);
        answer.put(
                Batch.INPUT_IDS,
                given == null && !head.speaks()
                        ? head.moved(batch.inputIds(), start)
                        : batch.get(Batch.DECODER_INPUT_IDS));
        Tensor real = batch.find(Batch.DECODER_ATTENTION_MASK);
        if (real != null) {
            answer.put(Batch.ATTENTION_MASK, real);
        }
        return new Batch(answer);
    }

    /** What is added to the scores of each layer: by its own table, or once for all by the first's. */
    private IntFunction<Tensor> eachLayer(Params stack, Function<Params, Tensor> byTableIn) {
        if (isBiasOfEach) {
            return i -> byTableIn.apply(stack.at(BLOCK + i));
        }
        Tensor first = byTableIn.apply(stack.at(BLOCK + 0));
        return i -> first;
    }

    /** Distances, and that a token sees those up to itself alone; the one token of a later pass sees all. */
    private Tensor mask(Params layer, Batch answer, Pass pass) {
        long before = Attention.before(pass);
        long length = answer.inputIds().size(1);
        Tensor places = bias.oneWay().of(layer, before, length, before + length);
        if (before > 0) {
            return places;
        }
        Tensor padding = Attention.padding(answer, layer);
        Tensor order = Attention.order(length, places.detach());
        return places.add(padding == null ? order : torch.minimum(padding, order));
    }

    private Tensor embedded(Params body, Tensor ids, Pass pass) {
        return pass.dropout(body.embedding(WORDS, ids), dropout);
    }

    private Tensor last(Params stack, Tensor x, Pass pass) {
        return pass.dropout(norm.apply(stack, LAST_NORM, x), dropout);
    }

    @Override
    public String basePrefix() {
        return BASE;
    }

    private String prefix() {
        return head.isBeside() ? BASE : "";
    }

    private List<String> layers(String stack, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> prefix() + stack + "." + BLOCK + i)
                .toList();
    }

    @Override
    public Shapes layout() {
        long width = encoder.width();
        var shapes = new Shapes().embedding(prefix() + WORDS, vocabulary, width);
        layers(ENCODER, encoders).forEach(name -> encoder.shapes(withBias(shapes, name), name + "."));
        norm.shapes(shapes, prefix() + ENCODER + "." + LAST_NORM, width);
        if (decoders > 0) {
            layers(DECODER, decoders).forEach(name -> decoder.shapes(withBias(shapes, name), name + "."));
            norm.shapes(shapes, prefix() + DECODER + "." + LAST_NORM, width);
        }
        return head.shapes(shapes, prefix() + WORDS, vocabulary, width);
    }

    private Shapes withBias(Shapes shapes, String layer) {
        return isBiasOfEach || layer.endsWith("." + BLOCK + 0)
                ? shapes.embedding(
                        layer + "." + bias.module(),
                        bias.buckets(),
                        encoder.attention().heads())
                : shapes;
    }

    /** As the original: deviations by what each module reads, and 1 for the words. */
    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Initial.each(shapes(), (name, shape) -> {
            if (shape.length == 1) {
                return Initial.transformer(name, shape, 0, "", -1, random); // ones, and zeros for biases
            }
            return Initial.normal(shape, factor * deviation(name, shape), random);
        });
    }

    private double deviation(String name, long[] shape) {
        double width = encoder.width();
        if (name.endsWith(WORDS + ".weight") || name.startsWith("lm_head.") || name.startsWith("classifier.")) {
            return 1;
        }
        if (name.endsWith("." + bias.module() + ".weight")) {
            return 1 / Math.sqrt(width);
        }
        return 1
                / Math.sqrt(
                        name.endsWith(".q.weight") ? width * encoder.attention().headSize() : shape[1]);
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        layers(ENCODER, encoders).forEach(name -> add(points, name, encoder.points()));
        layers(DECODER, decoders).forEach(name -> add(points, name, decoder.points()));
        return List.copyOf(points);
    }

    private static void add(List<String> points, String layer, List<String> inside) {
        Stream.concat(inside.stream().map(point -> layer + "." + point), Stream.of(layer))
                .forEach(points::add);
    }
}
