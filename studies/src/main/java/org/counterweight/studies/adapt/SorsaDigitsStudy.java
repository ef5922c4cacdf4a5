package org.counterweight.studies.adapt;

import static org.counterweight.studies.adapt.DigitsTransfer.COUNT;
import static org.counterweight.studies.adapt.DigitsTransfer.DATA;
import static org.counterweight.studies.adapt.DigitsTransfer.EARLY;
import static org.counterweight.studies.adapt.DigitsTransfer.FINAL;
import static org.counterweight.studies.adapt.DigitsTransfer.SETUP;
import static org.counterweight.studies.adapt.DigitsTransfer.TEST;
import static org.counterweight.studies.adapt.DigitsTransfer.UPRIGHT;
import static org.counterweight.studies.adapt.DigitsTransfer.VALIDATION;

import java.util.List;
import org.counterweight.engine.Seed;
import org.counterweight.studies.bed.Contender;
import org.counterweight.studies.bed.Drift;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.RateSweep;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;

/** SORSA with several strengths of its pull, against PiSSA and LoRA, on digits that lie on their side. */
public final class SorsaDigitsStudy implements Study {
    private static final String FREE = "SORSA γ 0";
    private static final String PULLED = "SORSA γ 1e-3";
    private static final List<String> SORSAS = List.of(FREE, "SORSA γ 1e-4", PULLED, "SORSA γ 1e-2");
    private static final DigitsTransfer TASK = new DigitsTransfer(
            List.of(
                    Contender.of("LoRA r4", "lora", "{r: 4, alpha: 4}"),
                    Contender.of("PiSSA r4", "pissa", "{r: 4, alpha: 4}"),
                    Contender.of(FREE, "sorsa", "{r: 4, gamma: 0}"),
                    Contender.of("SORSA γ 1e-4", "sorsa", "{r: 4, gamma: 1e-4}"),
                    Contender.of(PULLED, "sorsa", "{r: 4, gamma: 1e-3}"),
                    Contender.of("SORSA γ 1e-2", "sorsa", "{r: 4, gamma: 1e-2}"),
                    Contender.full()),
            new Drift());
    private static final RateSweep SWEEP = TASK.sweep(List.of(3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1), 3e-3);

    @Override
    public Plan plan() {
        List<Metric> columns = List.of(COUNT, EARLY, FINAL, TEST, UPRIGHT, Drift.VALUES, Drift.DIRECTIONS);
        Pick lora = SWEEP.at("LoRA r4");
        Pick pissa = SWEEP.at("PiSSA r4");
        Pick free = SWEEP.at(FREE);
        Pick pulled = SWEEP.at(PULLED);
        return Plan.of("sorsa-digits", "SORSA: principal triplets, kept orthonormal")
                .method("sorsa")
                .paper(
                        "Y. Cao and Z. Song, SORSA: Singular Values and Orthonormal Regularized Singular Vectors Adaptation of Large"
                                + " Language Models, 2024 (arXiv 2409.00055)")
                .says(
                        "Training the principal singular triplets learns faster than LoRA and PiSSA; the pull towards orthonormal"
                                + " vectors makes it better still, and carries the pretrained weights less far away.")
                .data(DATA)
                .setup(SETUP
                        + " Rank 4 for all; LoRA and PiSSA with alpha = r. γ is divided by the rate, as in the official trainer."
                        + " Δσ is the mean change of a singular"
                        + " value, ΔD one less the mean cosine of a singular vector with its counterpart, of the whole"
                        + " weights before and after; means of both layers.")
                .arms(SWEEP.arms())
                .seeds(10)
                .tunedBy(VALIDATION)
                .claim(
                        "At one modest rate, SORSA's loss over the first 100 steps is below LoRA's",
                        new Rule.Wins(EARLY, pulled, lora, 0.9))
                .claim("At that rate, it is below PiSSA's", new Rule.Wins(EARLY, pulled, pissa, 0.9))
                .claim("At that rate, SORSA is more accurate than PiSSA", new Rule.Wins(TEST, pulled, pissa, 0.9))
                .claim(
                        "The pull keeps vectors orthonormal: the distance is at most a tenth of that without it",
                        new Rule.Ratio(Drift.ORTHONORMALITY, pulled, free, 0.1, 0.9))
                .claim(
                        "The pull keeps singular values nearer to the pretrained ones (Δσ)",
                        new Rule.Wins(Drift.VALUES, pulled, free, 0.9))
                .claim(
                        "The pull keeps singular vectors nearer to the pretrained ones (ΔD)",
                        new Rule.Wins(Drift.DIRECTIONS, pulled, free, 0.9))
                .claim(
                        "With the rate tuned for each, the pull makes SORSA more accurate in most seeds",
                        new Rule.Wins(TEST, Pick.tuned(PULLED), Pick.tuned(FREE), 0.6))
                .claim(
                        "With the rate tuned for each, SORSA is more accurate than PiSSA",
                        new Rule.Advantage(TEST, Pick.tuned(PULLED), Pick.tuned("PiSSA r4"), 0))
                .claim(
                        "With the rate tuned for each, SORSA is more accurate than LoRA",
                        new Rule.Advantage(TEST, Pick.tuned(PULLED), Pick.tuned("LoRA r4"), 0))
                .claim(
                        "With the rate tuned for each, SORSA keeps more of the old task than LoRA does",
                        new Rule.Wins(UPRIGHT, Pick.tuned(PULLED), Pick.tuned("LoRA r4"), 0.9))
                .table("One rate for all", SWEEP.atFixed(), columns)
                .table(
                        "Orthonormality at that rate",
                        SORSAS.stream().map(SWEEP::at).toList(),
                        List.of(Drift.ORTHONORMALITY))
                .table("The best rate of each, by validation accuracy", SWEEP.tuned(), columns)
                .figure(DigitsTransfer.losses(SWEEP))
                .figure(DigitsTransfer.rates(SWEEP))
                .figure(new Figure.Bars(
                        "drift",
                        "How far the weights went, lr 0.003",
                        "drift",
                        List.of(Drift.VALUES, Drift.DIRECTIONS),
                        SWEEP.atFixed()))
                .limit(
                        "What is kept of the old task is compared at each one's best rate. At the one modest rate LoRA keeps far"
                                + " more of it, and has learnt far less of the new one.")
                .limit("A perceptron of 26,000 parameters and 300 images: nothing is said of language models.")
                .limit("The body of the paper could not be read: regulariser and γ are those of the official code.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        return TASK.prepare(seed, size);
    }
}
