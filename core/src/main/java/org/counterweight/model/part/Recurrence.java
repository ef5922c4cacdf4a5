package org.counterweight.model.part;

import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.model.Pass;

/** What a recurrent layer does at each token. The rows of a weight are its gates', one below the other, in PyTorch's order. */
public enum Recurrence {
    /**
     * Gates i, f, g, o: c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c'). S. Hochreiter and J. Schmidhuber, "Long Short-Term
     * Memory", Neural Computation 1997, with the forget gate of F. Gers et al., "Learning to Forget", 2000.
     */
    LSTM(4, 2),
    /**
     * Gates r, z, n: n = tanh(W_n x + b_n + r (U_n h + c_n)), h' = (1 − z) n + z h. K. Cho et al., "Learning Phrase
     * Representations using RNN Encoder–Decoder for Statistical Machine Translation", EMNLP 2014, with the reset gate behind
     * the product, as cuDNN and PyTorch have it.
     */
    GRU(3, 1);

    private final int gates;
    private final int states;

    Recurrence(int gates, int states) {
        this.gates = gates;
        this.states = states;
    }

    /** How many rows a weight has for each number of the state. */
    public int gates() {
        return gates;
    }

    /** How many tensors its state has: h, and of an LSTM c. */
    public int states() {
        return states;
    }

    /**
     * The weights of a layer, each computed once for the whole sequence.
     *
     * @param input {@code [gates · hidden, in]}
     * @param hidden {@code [gates · hidden, hidden]}
     * @param inputBias {@code [gates · hidden]}
     * @param hiddenBias {@code [gates · hidden]}
     */
    public record Weights(Tensor input, Tensor hidden, Tensor inputBias, Tensor hiddenBias) {}

    /**
     * What came of a sequence.
     *
     * @param output h after each token, {@code [rows, length, hidden]}
     * @param state h, and of an LSTM c, after the last, each {@code [rows, hidden]}
     */
    public record Ran(Tensor output, List<Tensor> state) {
        public Ran {
            state = List.copyOf(state);
        }
    }

    /** The state before the first token: zeros. */
    public List<Tensor> start(Tensor x, Weights weights) {
        Tensor zeros = x.new_zeros(x.size(0), weights.hidden().size(1));
        return Collections.nCopies(states, zeros);
    }

    /**
     * Runs a layer over a sequence: in LibTorch's fused form, or token by token where gradients are to have gradients.
     *
     * @param x {@code [rows, length, in]}
     * @param state before the first token: h, and of an LSTM c, each {@code [rows, hidden]}
     */
    public Ran run(Tensor x, List<Tensor> state, Weights weights, Pass pass) {
        return pass.isTwiceDifferentiable() ? stepwise(x, state, weights) : fused(x, state, weights, pass);
    }

    private Ran fused(Tensor x, List<Tensor> state, Weights w, Pass pass) {
        var all = new TensorVector(w.input(), w.hidden(), w.inputBias(), w.hiddenBias());
        Tensor h = state.get(0).unsqueeze(0);
        if (this == GRU) {
            var ran = torch.gru(x, h, all, true, 1, 0, pass.isTraining(), false, true);
            return new Ran(new Tensor(ran.get0()), List.of(new Tensor(ran.get1()).squeeze(0)));
        }
        var before = new TensorVector(h, state.get(1).unsqueeze(0));
        var ran = torch.lstm(x, before, all, true, 1, 0, pass.isTraining(), false, true);
        return new Ran(
                new Tensor(ran.get0()), List.of(new Tensor(ran.get1()).squeeze(0), new Tensor(ran.get2()).squeeze(0)));
    }

    private Ran stepwise(Tensor x, List<Tensor> state, Weights w) {
        Tensor inputs = linear(x, w.input(), w.inputBias()); // of all tokens at once
        var outputs = new ArrayList<Tensor>();
        List<Tensor> now = state;
        for (long t = 0; t < x.size(1); t++) {
            Tensor hidden = linear(now.get(0), w.hidden(), w.hiddenBias());
            now = this == LSTM
                    ? lstm(inputs.select(1, t).add(hidden), now.get(1))
                    : gru(inputs.select(1, t), hidden, now.get(0));
            outputs.add(now.get(0));
        }
        return new Ran(torch.stack(new TensorVector(outputs.toArray(Tensor[]::new)), 1), now);
    }

    private static List<Tensor> lstm(Tensor sum, Tensor c) {
        TensorVector gates = sum.chunk(4, 1);
        Tensor kept = new Tensor(gates.get(1)).sigmoid().mul(c);
        Tensor next = new Tensor(gates.get(0))
                .sigmoid()
                .mul(new Tensor(gates.get(2)).tanh())
                .add(kept);
        return List.of(new Tensor(gates.get(3)).sigmoid().mul(next.tanh()), next);
    }

    private static List<Tensor> gru(Tensor inputs, Tensor hidden, Tensor h) {
        TensorVector in = inputs.chunk(3, 1);
        TensorVector from = hidden.chunk(3, 1);
        Tensor r = new Tensor(in.get(0)).add(new Tensor(from.get(0))).sigmoid();
        Tensor z = new Tensor(in.get(1)).add(new Tensor(from.get(1))).sigmoid();
        Tensor n = new Tensor(in.get(2)).add(r.mul(new Tensor(from.get(2)))).tanh();
        return List.of(z.neg().add(scalar(1)).mul(n).add(z.mul(h)));
    }
}
