package org.counterweight.studies.adapt;

import static org.counterweight.studies.adapt.DigitsTransfer.COUNT;
import static org.counterweight.studies.adapt.DigitsTransfer.DATA;
import static org.counterweight.studies.adapt.DigitsTransfer.EARLY;
import static org.counterweight.studies.adapt.DigitsTransfer.FINAL;
import static org.counterweight.studies.adapt.DigitsTransfer.GRADIENT;
import static org.counterweight.studies.adapt.DigitsTransfer.SETUP;
import static org.counterweight.studies.adapt.DigitsTransfer.TEST;
import static org.counterweight.studies.adapt.DigitsTransfer.VALIDATION;

import java.util.List;
import org.counterweight.engine.Seed;
import org.counterweight.studies.bed.Contender;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.RateSweep;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/** Bone and Bat against LoRA on digits that lie on their side, at one rate for all and at the best rate of each. */
public final class BoneDigitsStudy implements Study {
    static final String PAPER =
            "J. Kang and Q. Yin, MiSS: Revisiting the Trade-off in LoRA with an Efficient Shard-Sharing Structure, ICLR 2026"
                    + " (arXiv 2409.15371)";

    private static final String LORA = "LoRA r4";
    private static final String BONE = "Bone r8";
    private static final String BAT = "Bat r8";
    private static final DigitsTransfer TASK = new DigitsTransfer(List.of(
            Contender.of(LORA, "lora", "{r: 4, alpha: 4}"),
            Contender.of(BONE, "bone", "{r: 8}"),
            Contender.of(BAT, "bone", "{r: 8, variant: bat}"),
            Contender.of("rows 11", "bone", "{variant: rows, shards: 11}"),
            Contender.full()));
    private static final RateSweep SWEEP = TASK.sweep(List.of(1e-3, 3e-3, 1e-2, 3e-2, 1e-1), 3e-3);

    @Override
    public Plan plan() {
        List<Metric> columns = List.of(COUNT, GRADIENT, EARLY, FINAL, TEST);
        Pick lora = SWEEP.at(LORA);
        Pick bone = SWEEP.at(BONE);
        Pick bat = SWEEP.at(BAT);
        return Plan.of("bone-digits", "Bone: one zero matrix against LoRA's two")
                .method("bone")
                .paper(PAPER)
                .says(
                        "A single zero matrix shared by groups of columns has a large gradient from the first step on, learns faster"
                                + " than LoRA at equal parameters and ends better.")
                .data(DATA)
                .setup(SETUP + " LoRA with alpha = r; about equally many trained parameters.")
                .arms(SWEEP.arms())
                .seeds(10)
                .tunedBy(VALIDATION)
                .claim(
                        "At one modest rate, Bone's loss over the first 100 steps is below LoRA's",
                        new Rule.Wins(EARLY, bone, lora, 0.9))
                .claim(
                        "At one modest rate, Bat's loss over the first 100 steps is below LoRA's",
                        new Rule.Wins(EARLY, bat, lora, 0.9))
                .claim(
                        "The first gradient of Bone is at least twice LoRA's",
                        new Rule.Ratio(GRADIENT, lora, bone, 0.5, 0.9))
                .claim(
                        "At that rate, Bone is the more accurate on the test images",
                        new Rule.Wins(TEST, bone, lora, 0.9))
                .claim(
                        "At that rate, Bat is more accurate than Bone in most seeds",
                        new Rule.Wins(TEST, bat, bone, 0.6))
                .claim(
                        "With the rate tuned for each, Bone is still more accurate than LoRA",
                        new Rule.Advantage(TEST, Pick.tuned(BONE), Pick.tuned(LORA), 0))
                .claim(
                        "With the rate tuned for each, Bat is still more accurate than LoRA",
                        new Rule.Advantage(TEST, Pick.tuned(BAT), Pick.tuned(LORA), 0))
                .table("One rate for all", SWEEP.atFixed(), columns)
                .table("The best rate of each, by validation accuracy", SWEEP.tuned(), columns)
                .figure(DigitsTransfer.losses(SWEEP))
                .figure(DigitsTransfer.rates(SWEEP))
                .limit("A model of 26,000 parameters and 300 images: nothing is said of language models.")
                .limit(
                        "LoRA with alpha = r: a larger alpha acts like a higher rate on B, and would close part of the gap at the one rate.")
                .limit(
                        "Gradient norms of different parametrizations are not comparable in themselves; AdamW divides most of"
                                + " the difference away.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        return TASK.prepare(seed, size);
    }
}
