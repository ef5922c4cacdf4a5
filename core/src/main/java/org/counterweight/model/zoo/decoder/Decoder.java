package org.counterweight.model.zoo.decoder;

import static org.counterweight.engine.Tensors.times;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.AttentionSpec;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.Attention;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.attention.SelfAttention;
import org.counterweight.model.part.head.DecoderHead;
import org.counterweight.model.part.layer.LearnedPositions;
import org.counterweight.model.part.layer.TransformerLayer;
import org.jspecify.annotations.Nullable;

/**
 * A decoder of shared parts, of which Llama and its many kin are settings: each family's file says which.
 *
 * <p>Names are Hugging Face's: those of the bare model have no prefix, and {@code base} before them where a head stands
 * beside it.
 *
 * <p>Batch: {@code input_ids}, and where given {@code attention_mask} and {@code position_ids}, which begin anew at 0 with
 * each document of a row; a token sees those of its own alone. Without them positions count from 0 at the first column.
 *
 * <p>Points: what attention and feed-forward part give, at their last module, before the residual sum; what a layer gives,
 * at the layer.
 *
 * @param base the base model's name, {@code model}
 * @param names of the parts outside the layers
 * @param positions a table of positions; null for none
 * @param embeddingScale of the words' embeddings; 1 for none
 * @param layers what differs from layer to layer
 * @param rotarySize how many components of a head turn
 * @param layer what all layers have in common, or all but some
 * @param plainLayer these: of a mixture of experts, where it has one feed-forward part; null for none
 * @param wordsWidth of the words' rows
 * @param padding the id of the padding token, whose fresh embedding is zero; −1 for none
 * @param longestRemembered as {@link Model#longestRemembered}
 */
public record Decoder(
        String base,
        Names names,
        int vocabulary,
        @Nullable LearnedPositions positions,
        double embeddingScale,
        double embeddingDropout,
        List<Kind> layers,
        int rotarySize,
        TransformerLayer layer,
        @Nullable TransformerLayer plainLayer,
        int wordsWidth,
        Norm norm,
        DecoderHead head,
        double initializerRange,
        int padding,
        long longestRemembered)
        implements ShapedModel {

    /**
     * The words' table, the list of layers, and the last norm; null for none.
     *
     * @param in the module that makes the words' rows as wide as the layers; null for rows as wide
     * @param out the module that makes hidden states as wide as the words' rows, where {@code in} is
     */
    public record Names(
            String words,
            String layers,
            @Nullable String norm,
            @Nullable String in,
            @Nullable String out) {
        /** With rows as wide as the layers. */
        public Names(String words, String layers, @Nullable String norm) {
            this(words, layers, norm, null, null);
        }
    }

    /**
     * What differs from layer to layer.
     *
     * @param window how many tokens a query sees, itself among them; 0 for all. To either side where the model is not causal
     * @param rope how positions turn queries and keys; null where they do not
     * @param plain whether the layer is {@code plainLayer}
     */
    public record Kind(int window, @Nullable Rope rope, boolean plain) {
        /** With the layer that most have. */
        public Kind(int window, @Nullable Rope rope) {
            this(window, rope, false);
        }
    }

    public Decoder {
        layers = List.copyOf(layers);
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Params model = isBare() ? params : params.at(base);
        Tensor hidden = decode(model, batch, pass);
        return head(params, head.features(hidden, batch), pass).withHidden(hidden);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return head.of(params, features, pass);
    }

    @Override
    public Decoder withClasses(int classes) {
        return new Decoder(
                base,
                names,
                vocabulary,
                positions,
                embeddingScale,
                embeddingDropout,
                layers,
                rotarySize,
                layer,
                plainLayer,
                wordsWidth,
                norm,
                head.withClasses(classes),
                initializerRange,
                padding,
                longestRemembered);
    }

    private Tensor decode(Params model, Batch batch, Pass pass) {
        Pass.Resumed known = pass.resumed();
        Tensor x = known == null ? embed(model, batch, pass) : known.activation();
        var masks = new HashMap<Integer, @Nullable Tensor>();
        var angles = new HashMap<Rope, Rope.Angles>();
        for (int i = known == null ? 0 : known.next(layerPoints()); i < layers.size(); i++) {
            Kind kind = layers.get(i);
            if (!masks.containsKey(kind.window())) {
                masks.put(kind.window(), mask(kind.window(), batch, model, pass));
            }
            Rope.Angles turns = kind.rope() == null
                    ? null
                    : angles.computeIfAbsent(kind.rope(), rope -> angles(rope, batch, pass, model));
            try (var scope = Scope.open()) { // what backward does not need goes at once
                String name = names.layers() + "." + i;
                Tensor y = of(kind).apply(model.at(name), x, masks.get(kind.window()), turns, pass);
                x = scope.keep(model.tap(name, x, y, pass));
            }
        }
        Attention.read(pass, x.size(1));
        Tensor normed = names.norm() == null ? x : norm.apply(model, names.norm(), x);
        return names.out() == null ? normed : model.linear(names.out(), normed, pass);
    }

    private TransformerLayer of(Kind kind) {
        return kind.plain() ? Objects.requireNonNull(plainLayer) : layer;
    }

    private @Nullable Tensor mask(int window, Batch batch, Params model, Pass pass) {
        if (layer.attention().causal()) {
            return Attention.causalMask(batch, model, pass, window);
        }
        return window == 0 ? Attention.padding(batch, model) : Attention.neighbours(batch, model, window - 1);
    }

    private Rope.Angles angles(Rope rope, Batch batch, Pass pass, Params model) {
        Rope.Angles all = rope.angles(before(pass, model), batch.inputIds().size(1), rotarySize, model.device());
        Tensor positions = batch.find(Batch.POSITION_IDS);
        return positions == null ? all : all.at(positions);
    }

    private static long before(Pass pass, Params model) {
        return Attention.before(pass) + Attention.prefixLength(model);
    }

    private Tensor embed(Params model, Batch batch, Pass pass) {
        Tensor words = model.embedding(names.words(), batch.inputIds());
        Tensor scaled = embeddingScale == 1 ? words : times(words, embeddingScale);
        Tensor wide = names.in() == null ? scaled : model.linear(names.in(), scaled, pass);
        Tensor placed = positions == null ? wide : wide.add(positions.of(model, batch, before(pass, model)));
        return pass.dropout(placed, embeddingDropout);
    }

    private boolean isBare() {
        return head.kind() == Head.NONE;
    }

    @Override
    public String basePrefix() {
        return base + ".";
    }

    private String prefix() {
        return isBare() ? "" : basePrefix();
    }

    @Override
    public Shapes layout() {
        var shapes = new Shapes().embedding(prefix() + names.words(), vocabulary, wordsWidth);
        if (positions != null) {
            positions.shapes(shapes, prefix(), layer.width());
        }
        for (int i = 0; i < layers.size(); i++) {
            of(layers.get(i)).shapes(shapes, prefix() + names.layers() + "." + i + ".");
        }
        if (names.norm() != null) {
            norm.shapes(shapes, prefix() + names.norm(), layer.width());
        }
        if (names.in() != null && names.out() != null) {
            shapes.linear(prefix() + names.in(), layer.width(), wordsWidth, false)
                    .linear(prefix() + names.out(), wordsWidth, layer.width(), false);
        }
        return head.shapes(shapes, vocabulary, wordsWidth);
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        boolean fromOne = norm.kind() == Norm.Kind.RMS_FROM_ONE;
        return Initial.each(shapes(), (name, shape) -> {
            Tensor drawn = Initial.transformer(
                    name, shape, initializerRange, prefix() + names.words() + ".weight", padding, random);
            return fromOne && shape.length == 1 && name.endsWith(".weight") ? drawn.zero_() : drawn;
        });
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        List<String> all = layerPoints();
        for (int i = 0; i < all.size(); i++) {
            String name = all.get(i);
            of(layers.get(i)).points().forEach(point -> points.add(name + "." + point));
            points.add(name);
        }
        return List.copyOf(points);
    }

    @Override
    public List<AttentionSpec> attentions() {
        SelfAttention attention = layer.attention();
        if (!attention.causal()) {
            return List.of(); // windows to both sides have no place for a prefix
        }
        return layerPoints().stream()
                .map(name -> new AttentionSpec(
                        name + "." + attention.name(), attention.keyValueHeads(), attention.headSize()))
                .toList();
    }

    private List<String> layerPoints() {
        return IntStream.range(0, layers.size())
                .mapToObj(i -> prefix() + names.layers() + "." + i)
                .toList();
    }
}
