package org.counterweight.fewgen;

import static org.counterweight.engine.Tensors.longs;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.counterweight.fewgen.prefix.PrefixGenerator;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;

/** A small GPT-2 that writes under two labels, texts to tune it on, and networks that weigh their tokens; of numbers in float64. */
final class SmallWriter {
    static final Model MODEL = Architectures.of(Configs.yaml(
            "{model_type: gpt2, architectures: [GPT2LMHeadModel], vocab_size: 11, n_embd: 8, n_layer: 2, n_head: 2,"
                    + " n_positions: 16, initializer_range: 0.3, embd_pdrop: 0, resid_pdrop: 0, attn_pdrop: 0}",
            "config"));
    static final SpecialTokens TOKENS = new SpecialTokens(1, 0);

    private SmallWriter() {}

    /** Its weights, in float64, in the open scope. */
    static Params frozen() {
        var weights = new LinkedHashMap<String, Tensor>();
        MODEL.initialize(new Seed(3).generator())
                .forEach((name, tensor) -> weights.put(name, tensor.to(ScalarType.Double)));
        return Params.of(weights);
    }

    static PrefixGenerator generator(Params frozen, long[] prompts, int labels, boolean isPair) {
        Tensor infix = isPair ? longs(new long[] {2, 3, 4, 5}, 2, 2) : null;
        int places = prompts.length / labels;
        List<long[]> each = IntStream.range(0, labels)
                .mapToObj(label -> Arrays.copyOfRange(prompts, label * places, (label + 1) * places))
                .toList();
        return PrefixGenerator.of(MODEL, frozen, TOKENS, each, 1, infix, 0);
    }

    static PrefixGenerator generator(Params frozen) {
        return generator(frozen, new long[] {7, 3, 4, 7, 9, 6}, 2, false);
    }

    static TuningBatch texts() {
        Tensor ids = longs(new long[] {5, 2, 8, 0, 6, 10, 3, 0, 4, 9, 1, 0}, 3, 4);
        return new TuningBatch(ids, ids, longs(new long[] {0, 1, 1}), null, null);
    }

    static WeightNet net(long seed) {
        WeightNet drawn = WeightNet.create(6, new Seed(seed).generator());
        return new WeightNet(wide(drawn.w1()), wide(drawn.b1()), wide(drawn.w2()), wide(drawn.b2()));
    }

    private static Tensor wide(Tensor tensor) {
        return tensor.detach().to(ScalarType.Double).requires_grad_(true);
    }

    static WeightNet constant() {
        WeightNet net = net(2);
        return new WeightNet(net.w1(), net.b1(), torch.zeros_like(net.w2()).requires_grad_(true), net.b2());
    }

    static MetaSettings settings(DiscSpace space, double metaRate, boolean quirks) {
        return new MetaSettings(space, quirks, true, metaRate, 0.01, 1e-4, 0.01, 1, 1e-8, 10, 0);
    }

    static TokenTerms terms(LabelledGenerator generator, TuningBatch texts, DiscSpace space) {
        return TokenTerms.of(
                generator.logits(generator.state(), texts, Pass.evaluation()), texts.targets(), texts.classes(), space);
    }

    static double after(LabelledGenerator generator, WeightNet net, MetaSettings settings) {
        return MetaGradient.afterStep(generator, net, texts(), Pass.evaluation(), settings)
                .item_double();
    }
}
