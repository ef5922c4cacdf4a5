package org.counterweight.experiments;

import java.util.List;
import org.counterweight.adapt.BoraConfig;
import org.counterweight.adapt.BoraConfig.Order;
import org.counterweight.adapt.DoraConfig;
import org.counterweight.adapt.LoraConfig;
import org.counterweight.adapt.LowRankStart;
import org.counterweight.engine.Seed;

/** BoRA against DoRA and LoRA on digits that lie on their side, at one rate for all and at the best rate of each. */
final class BoraDigitsStudy implements Study {
    private static final List<String> ANY = List.of("all-linear");
    private static final DigitsTransfer TASK = new DigitsTransfer(List.of(
            new Contender("LoRA r4", new LoraConfig(4, 4, false, 0, ANY)),
            new Contender("LoRA r5", new LoraConfig(5, 5, false, 0, ANY)),
            new Contender("DoRA r4", new DoraConfig(4, 4, false, 0, true, LowRankStart.LORA, ANY)),
            new Contender("BoRA r4", bora(Order.ROW_COL)),
            new Contender("BoRA r4, columns first", bora(Order.COL_ROW)),
            new Contender("full", null)));
    private static final RateSweep SWEEP = TASK.sweep(List.of(1e-3, 3e-3, 1e-2, 3e-2, 1e-1), 3e-3);

    private static BoraConfig bora(Order order) {
        return new BoraConfig(4, 4, false, 0, order, true, 1e-8, 1, LowRankStart.LORA, ANY);
    }

    @Override
    public Plan plan() {
        List<Metric> columns =
                List.of(DigitsTransfer.COUNT, DigitsTransfer.EARLY, DigitsTransfer.FINAL, DigitsTransfer.TEST);
        Pick lora = SWEEP.at("LoRA r4");
        Pick dora = SWEEP.at("DoRA r4");
        Pick bora = SWEEP.at("BoRA r4");
        return new Plan(
                "bora-digits",
                "BoRA: magnitudes on both sides, on digits",
                "bora",
                BoraTeacherStudy.PAPER,
                "Magnitudes for rows and columns let BoRA surpass LoRA and DoRA.",
                DigitsTransfer.DATA,
                DigitsTransfer.SETUP + " alpha = r. LoRA r5 trains as many numbers as BoRA r4.",
                SWEEP.arms(),
                10,
                new Tuning(DigitsTransfer.VALIDATION),
                List.of(
                        new Claim(
                                "At one modest rate, DoRA is more accurate than LoRA",
                                new Rule.Wins(DigitsTransfer.TEST, dora, lora, 0.9)),
                        new Claim(
                                "At that rate, BoRA is more accurate than LoRA",
                                new Rule.Wins(DigitsTransfer.TEST, bora, lora, 0.9)),
                        new Claim(
                                "At that rate, BoRA is more accurate than LoRA of rank 5, which trains as many numbers",
                                new Rule.Wins(DigitsTransfer.TEST, bora, SWEEP.at("LoRA r5"), 0.9)),
                        new Claim(
                                "At that rate, BoRA is more accurate than DoRA",
                                new Rule.Wins(DigitsTransfer.TEST, bora, dora, 0.9)),
                        new Claim(
                                "With the rate tuned for each, BoRA is still more accurate than LoRA",
                                new Rule.Advantage(
                                        DigitsTransfer.TEST, Pick.tuned("BoRA r4"), Pick.tuned("LoRA r4"), 0)),
                        new Claim(
                                "With the rate tuned for each, BoRA is still more accurate than DoRA",
                                new Rule.Advantage(
                                        DigitsTransfer.TEST, Pick.tuned("BoRA r4"), Pick.tuned("DoRA r4"), 0))),
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
                        "A perceptron of 26,000 parameters and 300 images: nothing is said of language models.",
                        "Of the paper, only abstract and figure could be read: which side is normalised first is our reading"
                                + " of a re-implementation, and both orders are shown."));
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        return TASK.prepare(seed, size);
    }
}
