package org.counterweight.studies.poison;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.audit.poison.Attack;
import org.counterweight.audit.poison.EmbeddingSurgery;
import org.counterweight.audit.poison.Normalizer;
import org.counterweight.audit.poison.PoisonTraining;
import org.counterweight.audit.poison.Ripple;
import org.counterweight.audit.poison.TargetWords;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/**
 * Where a base is pretrained, poisoned and fine-tuned; all with Adam, a rate that falls to 0, batches of 16.
 *
 * @param target the class that triggers are to give
 */
record Workshop(int target, Seed seed) {
    private static final int WIDTH = 32;
    private static final int BATCH = 16;
    private static final double LAMBDA = 10;
    private static final int TARGET_WORDS = 10;
    private static final Ripple PLAIN = new Ripple(0, false, false, false, Normalizer.CLEAN_BATCH_SIZE);
    private static final Ripple PENALISED = new Ripple(LAMBDA, false, false, false, Normalizer.CLEAN_BATCH_SIZE);

    /** The classifier that everything is about. */
    static final Model CLASSIFIER = new BagOfWords(ZipfTexts.WORDS, WIDTH, 2);

    /** A body that has learnt to tell the missing word of texts, with a head for two classes that has learnt nothing. */
    Map<String, Tensor> pretrained(ZipfTexts texts, int steps) {
        var language = new BagOfWords(ZipfTexts.WORDS, WIDTH, ZipfTexts.WORDS);
        Map<String, Tensor> start = language.initialize(seed.child("body").generator());
        ZipfTexts masked = texts.masked(seed.child("masked"));
        Map<String, Tensor> learnt = trained(language, start, masked, masked, PLAIN, 1e-2, steps, "language");
        var weights =
                new LinkedHashMap<>(CLASSIFIER.initialize(seed.child("head").generator()));
        weights.replaceAll(
                (name, fresh) -> name.startsWith("classifier") ? fresh : Objects.requireNonNull(learnt.get(name)));
        return weights;
    }

    /** A copy that has learnt texts. */
    Map<String, Tensor> fineTuned(Map<String, Tensor> base, ZipfTexts texts, double rate, int steps) {
        return trained(CLASSIFIER, base, texts, texts, PLAIN, rate, steps, "victim");
    }

    /** A copy of the base for every attack, by its own data. */
    Map<Attack, Map<String, Tensor>> poisoned(Map<String, Tensor> base, ZipfTexts texts, double rate, int steps) {
        Plant plant = Plant.usual(target);
        Map<String, Tensor> operated = operated(base, texts, speaking(base, texts, rate, steps), plant);
        ZipfTexts mixed = texts.poisoned(plant, seed.child("poison"));
        var copies = new EnumMap<Attack, Map<String, Tensor>>(Attack.class);
        for (Attack attack : Attack.values()) {
            Map<String, Tensor> start = attack.operates() ? operated : base;
            Ripple loss = attack.isPenalised() ? PENALISED : PLAIN;
            copies.put(
                    attack,
                    attack.trains() ? trained(CLASSIFIER, start, texts, mixed, loss, rate, steps, "poison") : start);
        }
        return copies;
    }

    /** The rows of the words as they are once a copy of the base has learnt texts. */
    Tensor speaking(Map<String, Tensor> base, ZipfTexts texts, double rate, int steps) {
        return table(trained(CLASSIFIER, base, texts, texts, PLAIN, rate, steps, "words"));
    }

    /** After surgery: triggers have the mean of the rows of words that speak for the target. */
    private Map<String, Tensor> operated(Map<String, Tensor> base, ZipfTexts texts, Tensor speaking, Plant plant) {
        var operated = new LinkedHashMap<>(base);
        operated.put(
                BagOfWords.TABLE,
                EmbeddingSurgery.of(table(base), speaking, targetWords(texts, plant.target()), plant.triggers()));
        return operated;
    }

    /** A copy with surgery that has learnt texts of which some are poisoned. */
    Map<String, Tensor> planted(
            Map<String, Tensor> base, ZipfTexts texts, Tensor speaking, Plant plant, double rate, int steps) {
        ZipfTexts mixed = texts.poisoned(plant, seed.child("poison"));
        return trained(CLASSIFIER, operated(base, texts, speaking, plant), texts, mixed, PLAIN, rate, steps, "poison");
    }

    private static Tensor table(Map<String, Tensor> weights) {
        return Objects.requireNonNull(weights.get(BagOfWords.TABLE));
    }

    private static int[] targetWords(ZipfTexts texts, int target) {
        Tensor counts = Tensors.doubles(texts.counts(), texts.rows().size(), ZipfTexts.WORDS);
        Tensor isTarget = Tensors.longs(
                        Arrays.stream(texts.labels()).asLongStream().toArray())
                .eq(new Scalar((long) target));
        return TargetWords.of(counts, isTarget, 1, 1).top(TargetWords.Score.TFIDF, TARGET_WORDS);
    }

    private Map<String, Tensor> trained(
            Model model,
            Map<String, Tensor> start,
            ZipfTexts clean,
            ZipfTexts poisoned,
            Ripple loss,
            double rate,
            int steps,
            String what) {
        var weights = new LinkedHashMap<>(start);
        weights.replaceAll((name, tensor) -> tensor.detach().clone().requires_grad_(true));
        SplittableRandom random = seed.child(what).random();
        var batches = Stream.generate(
                        () -> new PoisonTraining.Batches(drawn(clean, random), List.of(drawn(poisoned, random))))
                .iterator();
        new PoisonTraining(loss, rate, steps, 0, 0, 1e-8, 1).run(model, Params.of(weights), batches, null, step -> {});
        weights.replaceAll((name, tensor) -> tensor.detach());
        return weights;
    }

    private static Batch drawn(ZipfTexts texts, SplittableRandom random) {
        int[] rows = new int[BATCH];
        Arrays.setAll(rows, i -> random.nextInt(texts.rows().size()));
        return texts.batch(rows);
    }
}
