package org.counterweight.studies.fewgen;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.counterweight.fewgen.DiscSpace;
import org.counterweight.fewgen.MetaSettings;
import org.counterweight.fewgen.classify.FewShotLearning;
import org.counterweight.fewgen.classify.LearnConfig;
import org.counterweight.fewgen.classify.Learner;
import org.counterweight.fewgen.classify.LearningListener;
import org.counterweight.fewgen.classify.SyntheticLearning;
import org.counterweight.studies.fewgen.Writer.Tuning;
import org.counterweight.studies.fewgen.Writer.Written;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.studies.poison.BagOfWords;
import org.counterweight.train.state.Remembering;

/** What texts that a tuned language model writes are worth to a classifier of 32 examples, and what weights of tokens add. */
public final class FewGenLanguageStudy implements Study {
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy", 3);
    private static final Metric CARRIED = Metric.higher("carried", "texts that carry their label", 3);
    private static final Metric DIFFERENT = Metric.plain("different", "different texts", 0);
    private static final Metric LEAST = Metric.plain("least", "least weight", 3);
    private static final Metric MOST = Metric.plain("most", "greatest weight", 3);
    private static final Metric SIGNALS = Metric.plain("signals", "weight of signals", 3);

    private static final String FEW = "few-shot only";
    private static final String REPEATED = "seed rows repeated";
    private static final String UNTUNED = "prompts, not tuned";
    private static final String LIKELIHOOD = "likelihood";
    private static final String WITH_DISC = "likelihood + 0.5 L_disc";
    private static final String META = "meta weights";
    private static final String META_STRONG = "meta weights, alpha 1, no decay";
    private static final String META_LOGIT = "the same, in logits";
    private static final String ORACLE = "signals weigh 5";

    private static final String PLAIN = "cross entropy";
    private static final String ENSEMBLE = "ensemble";

    private static final BagOfWords CLASSIFIER =
            new BagOfWords(SignalLanguage.WORDS, MadeModel.WIDTH, SignalLanguage.LABELS);
    private static final Map<String, Optional<Tuning>> TUNINGS = tunings();
    private static final Map<String, LearnConfig> LEARNING = Map.of(
            PLAIN, learning("reg_weight: 0, threshold: 0"), ENSEMBLE, learning("reg_weight: 20, threshold: 0.8"));

    private static Map<String, Optional<Tuning>> tunings() {
        var all = new LinkedHashMap<String, Optional<Tuning>>();
        all.put(UNTUNED, Optional.empty());
        all.put(LIKELIHOOD, Optional.of(steps -> settings(DiscSpace.LOGPROB, false, 0.02, 1e-4, 0, steps)));
        all.put(WITH_DISC, Optional.of(steps -> settings(DiscSpace.LOGPROB, false, 0.02, 1e-4, 0.5, steps)));
        all.put(META, Optional.of(steps -> settings(DiscSpace.LOGPROB, true, 0.02, 1e-4, 0, steps)));
        all.put(META_STRONG, Optional.of(steps -> settings(DiscSpace.LOGPROB, true, 1, 0, 0, steps)));
        all.put(META_LOGIT, Optional.of(steps -> settings(DiscSpace.LOGIT, true, 1, 0, 0, steps)));
        all.put(ORACLE, Optional.of(new Tuning() {
            @Override
            public MetaSettings settings(long steps) {
                return FewGenLanguageStudy.settings(DiscSpace.LOGPROB, false, 0.02, 1e-4, 0, steps);
            }

            @Override
            public double signals() {
                return 5;
            }
        }));
        return Collections.unmodifiableMap(all);
    }

    private static MetaSettings settings(
            DiscSpace space, boolean learnt, double alpha, double decay, double mu, long steps) {
        return new MetaSettings(space, false, learnt, alpha, 1e-2, decay, 5e-3, 1, 1e-8, steps, mu);
    }

    private static LearnConfig learning(String how) {
        return Configs.bind(
                Configs.yaml(
                        "{few_shot_lr: 3e-3, few_shot_batch_size: 8, few_shot_steps: 200, few_shot_every: 20, lr:"
                                + " 1e-3, steps: 600, every: 60, " + how + "}",
                        "study"),
                LearnConfig.class,
                "learn");
    }

    private static List<Pick> both(String method) {
        return List.of(Pick.of(method, PLAIN), Pick.of(method, ENSEMBLE));
    }

    @Override
    public Plan plan() {
        List<Pick> written =
                TUNINGS.keySet().stream().map(method -> Pick.of(method, PLAIN)).toList();
        List<Pick> tuned = written.subList(1, written.size());
        List<Pick> all = Stream.concat(
                        Stream.of(Pick.of(FEW, "")),
                        Stream.concat(Stream.of(REPEATED), TUNINGS.keySet().stream())
                                .flatMap(method -> both(method).stream()))
                .toList();
        return Plan.of("fewgen-language", "FewGen: what written texts and weights of tokens are worth")
                .method("fewgen")
                .paper("Y. Meng et al., Tuning Language Models as Training Data Generators for Augmentation-Enhanced"
                        + " Few-Shot Learning, ICML 2023")
                .says("A classifier of few examples gains by texts that a language model writes, its prefixes tuned"
                        + " on them; it gains more where meta-learnt weights let tokens that tell the labels apart"
                        + " count more.")
                .data("A made language of 97 words. A sentence has 11: five of a frame, three of one of two topics,"
                        + " which say nothing of the label, and three signals out of 24 for each of two labels,"
                        + " nine in ten of them the label's own. 16 examples of each label to learn from, 16 to"
                        + " choose by, 1,500 to judge by, drawn anew for each seed; the language model saw 128,000"
                        + " others and no label.")
                .setup("GPT-2 of 2 layers, width 32, 2 heads: 2,000 steps of 64 sentences at 3e-3, falling to 0,"
                        + " behind the two words that prompts are made of in either order. Prefixes of two places:"
                        + " 20 passes over the 32 examples, two at a time, at 5e-3; weight network 1e-2, alpha"
                        + " 0.02 and decay 1e-4 where nothing else is said. 500 different texts of each label,"
                        + " drawn at temperature 1 from all words. The classifier is the mean of a text's words,"
                        + " which begin as the language model's, and two layers: 200 steps at 3e-3 on the"
                        + " examples, then 600 of 16 texts at 1e-3, smoothing 0.15. The ensemble: lambda 20,"
                        + " momentum 0.9, threshold 0.8, ten updates. A text carries its label where most of its"
                        + " signals are the label's.")
                .picks(all)
                .seeds(5)
                .claim(
                        "Written texts gain at least three points over the examples alone",
                        new Rule.Advantage(ACCURACY, Pick.of(LIKELIHOOD, PLAIN), Pick.of(FEW, ""), 0.03))
                .claim(
                        "They gain over as many steps more from the examples",
                        new Rule.Wins(ACCURACY, Pick.of(LIKELIHOOD, PLAIN), Pick.of(REPEATED, PLAIN), 1))
                .claim(
                        "Tuning is what lets texts carry their label",
                        new Rule.Wins(CARRIED, Pick.of(LIKELIHOOD, PLAIN), Pick.of(UNTUNED, PLAIN), 1))
                .claim(
                        "Weights that are right let more texts carry it: signals weigh five times as much",
                        new Rule.Wins(CARRIED, Pick.of(ORACLE, PLAIN), Pick.of(LIKELIHOOD, PLAIN), 1))
                .claim(
                        "and the classifier gains by them",
                        new Rule.Wins(ACCURACY, Pick.of(ORACLE, PLAIN), Pick.of(LIKELIHOOD, PLAIN), 0.8))
                .claim(
                        "Learnt weights let more texts carry it than equal ones (expected: no)",
                        new Rule.Wins(CARRIED, Pick.of(META, PLAIN), Pick.of(LIKELIHOOD, PLAIN), 0.8))
                .claim(
                        "They do with a large inner step and no decay (expected: no)",
                        new Rule.Wins(CARRIED, Pick.of(META_STRONG, PLAIN), Pick.of(LIKELIHOOD, PLAIN), 0.8))
                .claim(
                        "With the paper's settings learnt weights stay within 5 % of equal ones",
                        new Rule.Within(MOST, Pick.of(META, PLAIN), 1, 1.05, 0.8))
                .claim(
                        "With ten updates from a weak start the ensemble holds the classifier back",
                        new Rule.Wins(ACCURACY, Pick.of(LIKELIHOOD, PLAIN), Pick.of(LIKELIHOOD, ENSEMBLE), 0.8))
                .table("Accuracy", all, List.of(ACCURACY))
                .table("What was written", written, List.of(CARRIED, DIFFERENT))
                .table("Weights of tokens in the last pass, of equal ones", tuned, List.of(LEAST, MOST, SIGNALS))
                .figure(new Figure.Bars("accuracy", "Accuracy", "share", List.of(ACCURACY), all))
                .figure(new Figure.Bars("carried", "Texts that carry their label", "share", List.of(CARRIED), written))
                .limit("A made language and a language model of 30,000 parameters that was never told of labels: the"
                        + " paper's generator follows a prompt that names the label before it is tuned. Nothing is"
                        + " said of that case.")
                .limit("The paper's rate, passes and batches for the prefixes, one rate for all classifiers, chosen on another seed: nothing is tuned by arm.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Map<String, Tensor> language = MadeModel.pretrained(seed.child("language"), size);
        Sentences few = Sentences.inTurn(SignalLanguage.sentences(16, seed.child("few")));
        Sentences dev = Sentences.inTurn(SignalLanguage.sentences(16, seed.child("dev")));
        Sentences test = Sentences.inTurn(SignalLanguage.sentences(size.of(1500, 50), seed.child("test")));
        var writer = new Writer(MadeModel.MODEL, language, few, seed.child("writer"), size);
        Map<String, Tensor> start = fewShot(language, few, dev, seed.child("few-shot"), size);
        var written = new HashMap<String, Written>(); // both ways to learn from the same texts
        return arm -> {
            var values = new LinkedHashMap<String, Double>();
            if (arm.method().equals(FEW)) {
                values.put(ACCURACY.key(), Learner.accuracy(CLASSIFIER, start, test));
                return Measurement.of(values);
            }
            Sentences texts = few;
            if (!arm.method().equals(REPEATED)) {
                Written own = written.computeIfAbsent(
                        arm.method(),
                        method -> writer.write(Objects.requireNonNull(TUNINGS.get(method), method)
                                .orElse(null)));
                texts = own.texts();
                values.put(CARRIED.key(), own.carried());
                values.put(DIFFERENT.key(), (double) texts.size());
                values.put(LEAST.key(), own.spread()[0]);
                values.put(MOST.key(), own.spread()[1]);
                values.put(SIGNALS.key(), own.spread()[2]);
            }
            values.put(ACCURACY.key(), learnt(arm, start, texts, dev, test, seed.child("learn"), size));
            return Measurement.of(values);
        };
    }

    private static Map<String, Tensor> fewShot(
            Map<String, Tensor> language, Sentences few, Sentences dev, Seed seed, Size size) {
        LearnConfig how = Objects.requireNonNull(LEARNING.get(PLAIN));
        int steps = size.of(how.fewShotSteps(), 10);
        var weights =
                new LinkedHashMap<>(CLASSIFIER.initialize(seed.child("start").generator()));
        weights.put(BagOfWords.TABLE, Objects.requireNonNull(language.get(MadeModel.TABLE)));
        try (Learner learner = learner(weights, how.fewShotLr(), steps, how, seed)) {
            new FewShotLearning(
                            few,
                            dev,
                            how.fewShotBatchSize(),
                            Math.min(how.fewShotEvery(), steps),
                            how.labelSmoothing(),
                            seed.child("order"))
                    .run(learner, new Silent());
            return copied(learner.best());
        }
    }

    private static double learnt(
            Arm arm, Map<String, Tensor> start, Sentences texts, Sentences dev, Sentences test, Seed seed, Size size) {
        LearnConfig how = Objects.requireNonNull(LEARNING.get(arm.setting()), arm.setting());
        int steps = size.of(how.steps(), how.every());
        try (Learner learner = learner(start, how.lr(), steps, how, seed);
                var learning = new SyntheticLearning(texts, dev, how, seed.child("order"))) {
            learning.run(learner, new Silent());
            return Learner.accuracy(CLASSIFIER, learner.best(), test);
        }
    }

    private static Learner learner(Map<String, Tensor> start, double lr, int steps, LearnConfig how, Seed seed) {
        return new Learner(CLASSIFIER, start, new Learner.Schedule(lr, steps, how.warmUp(), how.maxGradNorm()), seed);
    }

    /** In the open scope; a learner's own go with it. */
    private static Map<String, Tensor> copied(Map<String, Tensor> weights) {
        var copies = new LinkedHashMap<String, Tensor>();
        weights.forEach((name, tensor) -> copies.put(name, tensor.clone()));
        return copies;
    }

    /** Nobody is told how it goes. */
    private static final class Silent implements LearningListener {
        @Override
        public void stepped(long step, long steps, double loss) {}

        @Override
        public void judged(long step, double accuracy, Remembering state) {}

        @Override
        public boolean stops() {
            return false;
        }
    }
}
