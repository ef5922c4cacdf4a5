package org.counterweight.experiments;

import java.util.List;
import org.counterweight.adapt.BoneConfig;
import org.counterweight.adapt.BoneConfig.Variant;
import org.counterweight.adapt.LoraConfig;
import org.counterweight.engine.Seed;

/** Bone and Bat against LoRA on digits that lie on their side, at one rate for all and at the best rate of each. */
final class BoneDigitsStudy implements Study {
    private static final List<String> ANY = List.of("all-linear");
    private static final DigitsTransfer TASK = new DigitsTransfer(List.of(
            new Contender("LoRA r4", new LoraConfig(4, 4, false, 0, ANY)),
            new Contender("Bone r8", new BoneConfig(8, Variant.BONE, 1, 1, 0, ANY)),
            new Contender("Bat r8", new BoneConfig(8, Variant.BAT, 1, 1, 0, ANY)),
            new Contender("rows 11", new BoneConfig(8, Variant.ROWS, 1, 11, 0, ANY)),
            new Contender("full", null)));
    private static final RateSweep SWEEP = TASK.sweep(List.of(1e-3, 3e-3, 1e-2, 3e-2, 1e-1), 3e-3);

    @Override
    public Plan plan() {
        List<Metric> columns = List.of(
                DigitsTransfer.COUNT,
                DigitsTransfer.GRADIENT,
                DigitsTransfer.EARLY,
                DigitsTransfer.FINAL,
                DigitsTransfer.TEST);
        return new Plan(
                "bone-digits",
                "Bone: one zero matrix against LoRA's two",
                "bone",
                "J. Kang and Q. Yin, MiSS: Revisiting the Trade-off in LoRA with an Efficient Shard-Sharing Structure, ICLR 2026"
                        + " (arXiv 2409.15371)",
                "A single zero matrix shared by groups of columns has a large gradient from the first step on, learns faster"
                        + " than LoRA at equal parameters and ends better.",
                DigitsTransfer.DATA,
                DigitsTransfer.SETUP + " LoRA with alpha = r; about equally many trained parameters.",
                SWEEP.arms(),
                10,
                new Tuning(DigitsTransfer.VALIDATION),
                List.of(
                        new Claim(
                                "At one modest rate, Bone's loss over the first 100 steps is below LoRA's",
                                new Rule.Wins(DigitsTransfer.EARLY, SWEEP.at("Bone r8"), SWEEP.at("LoRA r4"), 0.9)),
                        new Claim(
                                "At one modest rate, Bat's loss over the first 100 steps is below LoRA's",
                                new Rule.Wins(DigitsTransfer.EARLY, SWEEP.at("Bat r8"), SWEEP.at("LoRA r4"), 0.9)),
                        new Claim(
                                "The first gradient of Bone is at least twice LoRA's",
                                new Rule.Ratio(
                                        DigitsTransfer.GRADIENT, SWEEP.at("LoRA r4"), SWEEP.at("Bone r8"), 0.5, 0.9)),
                        new Claim(
                                "At that rate, Bone is the more accurate on the test images",
                                new Rule.Wins(DigitsTransfer.TEST, SWEEP.at("Bone r8"), SWEEP.at("LoRA r4"), 0.9)),
                        new Claim(
                                "At that rate, Bat is more accurate than Bone in most seeds",
                                new Rule.Wins(DigitsTransfer.TEST, SWEEP.at("Bat r8"), SWEEP.at("Bone r8"), 0.6)),
                        new Claim(
                                "With the rate tuned for each, Bone is still more accurate than LoRA",
                                new Rule.Advantage(
                                        DigitsTransfer.TEST, Pick.tuned("Bone r8"), Pick.tuned("LoRA r4"), 0)),
                        new Claim(
                                "With the rate tuned for each, Bat is still more accurate than LoRA",
                                new Rule.Advantage(
                                        DigitsTransfer.TEST, Pick.tuned("Bat r8"), Pick.tuned("LoRA r4"), 0))),
                List.of(
                        new Table("One rate for all", SWEEP.atFixed(), columns),
                        new Table("The best rate of each, by validation accuracy", SWEEP.tuned(), columns)),
                List.of(
                        new Figure.Curves(
                                "loss",
                                "Training loss at one rate, lr 0.003",
                                "loss",
                                "step",
                                "cross-entropy",
                                1,
                                false,
                                SWEEP.atFixed()),
                        SWEEP.figure("rates", "What the learning rate does to each", DigitsTransfer.TEST)),
                List.of(
                        "A model of 26,000 parameters and 300 images: nothing is said of language models.",
                        "LoRA with alpha = r: a larger alpha acts like a higher rate on B, and would close part of the gap at the one rate.",
                        "Gradient norms of different parametrizations are not comparable in themselves; AdamW divides most of"
                                + " the difference away."));
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        return TASK.prepare(seed, size);
    }
}
