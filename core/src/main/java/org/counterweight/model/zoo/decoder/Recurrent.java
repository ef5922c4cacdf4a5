package org.counterweight.model.zoo.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Past;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Recurrence;
import org.counterweight.model.part.Recurrence.Weights;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.Attention;
import org.counterweight.model.part.head.DecoderHead;
import org.counterweight.model.zoo.family.Family;

/**
 * A recurrent network over tokens, left to right: an embedding, layers of LSTM or GRU, and a head that predicts classes (from the
 * state after a text's last real token, or of each token) or the next word.
 *
 * <p>Names: {@code embeddings}, {@code rnn} as PyTorch's LSTM and GRU have theirs ({@code rnn.weight_ih_l0},
 * {@code rnn.bias_hh_l1}), {@code score} or {@code lm_head}. {@code model_type} is {@code lstm} or {@code gru}, the head that of
 * {@code architectures}: {@code RecurrentModel}, {@code RecurrentForSequenceClassification},
 * {@code RecurrentForTokenClassification}, {@code RecurrentForCausalLM}.
 *
 * <p>Batch: {@code input_ids}, and where given {@code attention_mask}; padding stands behind a text. Points: {@code rnn.lN}, what
 * layer N gives, made of what it was given.
 *
 * @param embedding width of the embeddings
 * @param width of the hidden states
 * @param dropout of embeddings, between layers, and of what the head is fed
 * @param padding the id of the padding token; −1 for none
 * @param classes scores of a classifier; unused by other heads
 */
public record Recurrent(
        Recurrence cell,
        int vocabulary,
        int embedding,
        int width,
        int layers,
        double dropout,
        int padding,
        Head head,
        int classes)
        implements ShapedModel {
    private static final String TABLE = "embeddings";
    private static final String RNN = "rnn";

    public Recurrent {
        if (vocabulary < 1 || embedding < 1 || width < 1 || layers < 1) {
            throw new ConfigException(
                    "recurrent: vocab_size, embedding_size, hidden_size and num_hidden_layers must be at" + " least 1: "
                            + vocabulary + ", " + embedding + ", " + width + ", " + layers);
        }
    }

    public static final Family LSTM = family("lstm", Recurrence.LSTM);
    public static final Family GRU = family("gru", Recurrence.GRU);

    private static Family family(String type, Recurrence cell) {
        return Family.decoder(type, "Recurrent", (config, head) -> of(cell, config, head));
    }

    private static Recurrent of(Recurrence cell, ConfigJson config, Head head) {
        int width = config.count("hidden_size", 128);
        return new Recurrent(
                cell,
                config.count("vocab_size"),
                config.count("embedding_size", width),
                width,
                config.count("num_hidden_layers", 1),
                config.probability("dropout", 0),
                config.token("pad_token_id", -1),
                head,
                head == Head.CLASSIFIER || head == Head.TOKEN_CLASSIFIER ? config.classes() : 0);
    }

    @Override
    public boolean keepsTextsApart() {
        return false;
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        if (batch.find(Batch.POSITION_IDS) != null) {
            throw new ConfigException(
                    "a recurrent network reads a row from its first token to its last, whatever texts are joined in it;"
                            + " leave position_ids out");
        }
        Pass.Resumed known = pass.resumed();
        Tensor x = known == null
                ? params.embedding(TABLE, batch.inputIds()) // [rows, length, embedding]
                : known.activation();
        for (int layer = known == null ? 0 : known.next(points()); layer < layers; layer++) {
            Tensor in = pass.dropout(x, dropout);
            x = params.tap(points().get(layer), in, layer(params.at(RNN), layer, in, pass), pass);
        }
        x = pass.dropout(x, dropout);
        Attention.read(pass, x.size(1));
        return head(params, words().features(x, batch), pass).withHidden(x);
    }

    private Tensor layer(Params rnn, int layer, Tensor x, Pass pass) {
        var weights = new Weights(
                rnn.weight("weight_ih_l" + layer, pass), // once for all tokens
                rnn.weight("weight_hh_l" + layer, pass),
                rnn.weight("bias_ih_l" + layer, pass),
                rnn.weight("bias_hh_l" + layer, pass));
        Past past = pass.past();
        List<String> names = IntStream.range(0, cell.states())
                .mapToObj(i -> rnn.path("l" + layer + "." + i))
                .toList();
        List<Tensor> before = past == null || past.length() == 0
                ? cell.start(x, weights)
                : names.stream()
                        .map(name -> Objects.requireNonNull(past.kept(name)))
                        .toList();
        Recurrence.Ran ran = cell.run(x, before, weights, pass);
        if (past != null) {
            for (int i = 0; i < names.size(); i++) {
                past.keep(names.get(i), ran.state().get(i).detach().clone()); // a view would hold all of a fused result
            }
        }
        return ran.output();
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return words().of(params, features, pass);
    }

    @Override
    public Recurrent withClasses(int number) {
        head.requireClasses();
        return new Recurrent(cell, vocabulary, embedding, width, layers, dropout, padding, head, number);
    }

    @Override
    public Shapes layout() {
        var shapes = new Shapes().embedding(TABLE, vocabulary, embedding);
        long gates = (long) cell.gates() * width;
        List<String> parts = IntStream.range(0, layers)
                .boxed()
                .flatMap(layer -> Stream.of("weight_ih_l" + layer, "weight_hh_l" + layer))
                .toList();
        var sizes = new ArrayList<long[]>();
        for (int layer = 0; layer < layers; layer++) {
            sizes.add(new long[] {gates, layer == 0 ? embedding : width});
            sizes.add(new long[] {gates, width});
        }
        shapes.recurrent(ModuleSpec.recurrent(RNN, parts), sizes);
        return words().shapes(shapes, vocabulary, width);
    }

    private DecoderHead words() {
        var tokens = new DecoderHead.Tokens("score", 0); // what it is fed was dropped from before
        return new DecoderHead(head, "lm_head", false, null, 1, 0, classes, padding, tokens);
    }

    @Override
    public List<String> points() {
        return IntStream.range(0, layers).mapToObj(layer -> RNN + ".l" + layer).toList();
    }

    /** As PyTorch's Embedding, LSTM or GRU, and Linear. */
    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Initial.each(shapes(), (name, shape) -> {
            if (!name.equals(TABLE + ".weight")) {
                return Initial.fanIn(shape, width, random);
            }
            Tensor table = Initial.normal(shape, 1, random);
            if (padding >= 0 && padding < vocabulary) {
                table.select(0, padding).zero_();
            }
            return table;
        });
    }
}
