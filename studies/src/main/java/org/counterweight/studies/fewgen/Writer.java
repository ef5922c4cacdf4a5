package org.counterweight.studies.fewgen;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.GeneratorTraining;
import org.counterweight.fewgen.MetaSettings;
import org.counterweight.fewgen.SpecialTokens;
import org.counterweight.fewgen.TuningBatch;
import org.counterweight.fewgen.TokenTerms;
import org.counterweight.fewgen.WeightNet;
import org.counterweight.fewgen.generate.Acceptance;
import org.counterweight.fewgen.generate.Fate;
import org.counterweight.fewgen.generate.LabelWriter.Candidate;
import org.counterweight.fewgen.prefix.PrefixGenerator;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.generate.Continuations;
import org.counterweight.model.generate.Continuations.Continued;
import org.counterweight.model.generate.Continuations.Ended;
import org.counterweight.model.generate.Generation;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.train.optimize.Gradients;
import org.jspecify.annotations.Nullable;

/**
 * The language model as a writer of texts of each label.
 *
 * @param few sentences, labels in turn
 */
record Writer(Model model, Map<String, Tensor> weights, Sentences few, Seed seed, Size size) {
    private static final int EPOCHS = 20;
    private static final int BATCH = 2;
    private static final int EACH = 500;
    private static final int AT_ONCE = 250;
    private static final int TRIES = 4;

    /** How prefixes are tuned. */
    interface Tuning {
        /** @param steps in all; null where nothing is tuned */
        MetaSettings settings(long steps);

        /** How much more a signal counts than another word, in place of learnt weights; 1 for these. */
        default double signals() {
            return 1;
        }
    }

    /**
     * What was written.
     *
     * @param texts different ones, labels in turn as far as they go
     * @param carried the share that carry the signal of their label
     * @param spread the least weight of a token in the last pass, the greatest, and the mean of the signals', each of equal ones
     */
    record Written(Sentences texts, double carried, double[] spread) {}

    /** @param tuning null for prompts as they are */
    Written write(@Nullable Tuning tuning) {
        try (var scope = Scope.open()) {
            List<long[]> prompts = List.of(SignalLanguage.prompt(0), SignalLanguage.prompt(1));
            var tokens = new SpecialTokens(SignalLanguage.BEGIN, SignalLanguage.END);
            PrefixGenerator generator = PrefixGenerator.of(model, Params.of(weights), tokens, prompts, 0, null, 0);
            double[] spread = tuning == null ? new double[] {1, 1, 1} : tune(generator, tuning);
            var byLabel = new ArrayList<List<long[]>>();
            double carried = 0;
            for (int label = 0; label < SignalLanguage.LABELS; label++) {
                List<long[]> own = texts(generator, label);
                int of = label;
                carried += own.stream()
                                .mapToDouble(text -> SignalLanguage.carries(text, of))
                                .average()
                                .orElse(0)
                        / SignalLanguage.LABELS;
                byLabel.add(own);
            }
            return new Written(interleaved(byLabel), carried, spread);
        }
    }

    private static Sentences interleaved(List<List<long[]>> byLabel) {
        var texts = new ArrayList<long[]>();
        var labels = new ArrayList<Integer>();
        int longest = byLabel.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (int label = 0; label < byLabel.size(); label++) {
                if (i < byLabel.get(label).size()) {
                    texts.add(byLabel.get(label).get(i));
                    labels.add(label);
                }
            }
        }
        return new Sentences(texts, labels);
    }

    private double[] tune(PrefixGenerator generator, Tuning tuning) {
        int each = few.size() / BATCH;
        int epochs = size.of(EPOCHS, 1);
        WeightNet net = WeightNet.create(100, seed.child("net").generator());
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        double signals = 0;
        try (var training = new GeneratorTraining(generator, net, tuning.settings((long) each * epochs))) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                int[] order = seed.child("order").child(epoch).permutation(few.size());
                for (int step = 0; step < each; step++) {
                    try (var scope = Scope.open()) {
                        TuningBatch texts = batch(Arrays.copyOfRange(order, step * BATCH, (step + 1) * BATCH));
                        Tensor isSignal = isSignal(texts);
                        Tensor used = tuning.signals() == 1
                                ? training.step(texts, Pass.evaluation())
                                        .orElseThrow()
                                        .weights()
                                : known(generator, training, texts, isSignal, tuning);
                        if (epoch == epochs - 1) {
                            Tensor ofEqual = Tensors.times(used, used.size(0));
                            least = Math.min(least, ofEqual.min().item_double());
                            most = Math.max(most, ofEqual.max().item_double());
                            signals += ofEqual.mul(isSignal).sum().item_double()
                                    / isSignal.sum().item_double()
                                    / each;
                        }
                    }
                }
            }
        }
        return new double[] {least, most, signals};
    }

    /** A step under weights that know which words speak for the label. */
    private static Tensor known(
            PrefixGenerator generator,
            GeneratorTraining training,
            TuningBatch texts,
            Tensor isSignal,
            Tuning tuning) {
        Gradients.clear(generator.trainables().values());
        TokenTerms terms = TokenTerms.of(
                generator.logits(generator.state(), texts, Pass.evaluation()),
                texts.targets(),
                texts.classes(),
                tuning.settings(1).discSpace());
        Tensor raw = Tensors.plus(Tensors.times(isSignal, tuning.signals() - 1), 1);
        Tensor weights = raw.div(raw.sum());
        terms.weighted(weights).backward();
        training.move();
        return weights;
    }

    /** The few of these rows, each with the word that ends it. */
    private TuningBatch batch(int... rows) {
        int width = SignalLanguage.LENGTH + 1;
        long[] ids = new long[rows.length * width];
        Arrays.fill(ids, SignalLanguage.END);
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(few.texts().get(rows[i]), 0, ids, i * width, width - 1);
        }
        Tensor tokens = Tensors.longs(ids, rows.length, width);
        long[] labels = Arrays.stream(rows).mapToLong(few::label).toArray();
        return new TuningBatch(tokens, tokens, Tensors.longs(labels), null, null);
    }

    /** 1 at each learnt token that is a signal, row by row. */
    private static Tensor isSignal(TuningBatch texts) {
        long[] ids = Tensors.toLongs(
                Tensors.slice(texts.ids(), 1, 1, texts.ids().size(1)).reshape(-1));
        double[] signals = Arrays.stream(ids)
                .mapToDouble(id -> SignalLanguage.isSignal(id) ? 1 : 0)
                .toArray();
        return Tensors.doubles(signals).to(ScalarType.Float);
    }

    private List<long[]> texts(PrefixGenerator generator, int label) {
        int wanted = size.of(EACH, 20);
        var acceptance = new Acceptance(
                List.of(),
                few.texts().stream()
                        .map(text -> new Acceptance.Text(null, SignalLanguage.shown(text)))
                        .toList());
        var settings = new Generation(
                SignalLanguage.LENGTH + 1,
                1,
                0,
                1,
                0,
                1,
                seed.child("draws").child(label).value());
        var writer = Continuations.of(model, generator.writing(label), settings, Set.of((long) SignalLanguage.END))
                .inBatches(AT_ONCE);
        SplittableRandom random = seed.child("starts").child(label).random();
        var kept = new ArrayList<long[]>();
        for (int from = 0; kept.size() < wanted && from < TRIES * wanted; from += AT_ONCE) {
            var prompts = new ArrayList<long[]>();
            for (int i = 0; i < AT_ONCE; i++) {
                prompts.add(new long[] {SignalLanguage.start(random)});
            }
            List<Continued> written = writer.after(prompts, from);
            for (int i = 0; i < AT_ONCE && kept.size() < wanted; i++) {
                long[] text = joined(prompts.get(i), written.get(i).tokens());
                var candidate = new Candidate(
                        from + i,
                        null,
                        SignalLanguage.shown(text),
                        written.get(i).ended() == Ended.END);
                if (acceptance.of(candidate) == Fate.ACCEPTED) {
                    kept.add(text);
                }
            }
        }
        return kept;
    }

    private static long[] joined(long[] start, long... rest) {
        long[] all = Arrays.copyOf(start, start.length + rest.length);
        System.arraycopy(rest, 0, all, start.length, rest.length);
        return all;
    }
}
