package org.counterweight.studies.adapt;

import static org.counterweight.studies.adapt.DigitsTransfer.COUNT;
import static org.counterweight.studies.adapt.DigitsTransfer.DATA;
import static org.counterweight.studies.adapt.DigitsTransfer.EARLY;
import static org.counterweight.studies.adapt.DigitsTransfer.FINAL;
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

/** BoRA against DoRA and LoRA on digits that lie on their side, at one rate for all and at the best rate of each. */
public final class BoraDigitsStudy implements Study {
    private static final DigitsTransfer TASK = new DigitsTransfer(List.of(
            Contender.of("LoRA r4", "lora", "{r: 4, alpha: 4}"),
            Contender.of("LoRA r5", "lora", "{r: 5, alpha: 5}"),
            Contender.of("DoRA r4", "dora", "{r: 4, alpha: 4}"),
            Contender.of("BoRA r4", "bora", "{r: 4, alpha: 4}"),
            Contender.of("BoRA r4, columns first", "bora", "{r: 4, alpha: 4, order: col_row}"),
            Contender.full()));
    private static final RateSweep SWEEP = TASK.sweep(List.of(1e-3, 3e-3, 1e-2, 3e-2, 1e-1), 3e-3);

    @Override
    public Plan plan() {
        List<Metric> columns = List.of(COUNT, EARLY, FINAL, TEST);
        Pick lora = SWEEP.at("LoRA r4");
        Pick dora = SWEEP.at("DoRA r4");
        Pick bora = SWEEP.at("BoRA r4");
        return Plan.of("bora-digits", "BoRA: magnitudes on both sides, on digits")
                .method("bora")
                .paper(BoraTeacherStudy.PAPER)
                .says("Magnitudes for rows and columns let BoRA surpass LoRA and DoRA.")
                .data(DATA)
                .setup(SETUP + " alpha = r. LoRA r5 trains as many numbers as BoRA r4.")
                .arms(SWEEP.arms())
                .seeds(10)
                .tunedBy(VALIDATION)
                .claim("At one modest rate, DoRA is more accurate than LoRA", new Rule.Wins(TEST, dora, lora, 0.9))
                .claim("At that rate, BoRA is more accurate than LoRA", new Rule.Wins(TEST, bora, lora, 0.9))
                .claim(
                        "At that rate, BoRA is more accurate than LoRA of rank 5, which trains as many numbers",
                        new Rule.Wins(TEST, bora, SWEEP.at("LoRA r5"), 0.9))
                .claim("At that rate, BoRA is more accurate than DoRA", new Rule.Wins(TEST, bora, dora, 0.9))
                .claim(
                        "With the rate tuned for each, BoRA is still more accurate than LoRA",
                        new Rule.Advantage(TEST, Pick.tuned("BoRA r4"), Pick.tuned("LoRA r4"), 0))
                .claim(
                        "With the rate tuned for each, BoRA is still more accurate than DoRA",
                        new Rule.Advantage(TEST, Pick.tuned("BoRA r4"), Pick.tuned("DoRA r4"), 0))
                .table("One rate for all", SWEEP.atFixed(), columns)
                .table("The best rate of each, by validation accuracy", SWEEP.tuned(), columns)
                .figure(DigitsTransfer.losses(SWEEP))
                .figure(DigitsTransfer.rates(SWEEP))
                .limit("A perceptron of 26,000 parameters and 300 images: nothing is said of language models.")
                .limit(
                        "Of the paper, only abstract and figure could be read: which side is normalised first is our reading"
                                + " of a re-implementation, and both orders are shown.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        return TASK.prepare(seed, size);
    }
}
