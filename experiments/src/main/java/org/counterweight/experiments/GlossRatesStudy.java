package org.counterweight.experiments;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.engine.Seed;

/** The sweep that chooses the rates of {@link GlossStudy}: fewer rows, one seed, validation accuracy alone. */
record GlossRatesStudy(GlossTransfer task) implements Study {
    static final int ROWS = 640;
    private static final RateSweep SWEEP = new RateSweep(
            GlossContenders.all(1).stream().map(Contender::name).toList(), List.of(3e-4, 1e-3, 3e-3, 1e-2), 1e-3);

    /** Of all weights at once a lower rate may be the best. */
    private static final Arm LOW = new Arm("full", RateSweep.setting(1e-4));

    static GlossRatesStudy onHoldings() {
        return new GlossRatesStudy(GlossTransfer.onHoldings(ROWS));
    }

    @Override
    public Plan plan() {
        var arms = new ArrayList<>(SWEEP.arms());
        arms.add(LOW);
        List<Metric> columns = List.of(GlossTransfer.COUNT, GlossTransfer.VALIDATION);
        return new Plan(
                "adapters-glosses-rates",
                "Adapters on glosses: the sweep that chooses their rates",
                "lora",
                "J. Schulman et al., LoRA Without Regret, 2025, for the claim",
                "Low-rank adapters want about ten times the learning rate of full fine-tuning.",
                GlossStudy.data(ROWS),
                GlossStudy.SETUP + " Here " + ROWS / GlossTransfer.BATCH + " steps.",
                arms,
                1,
                new Tuning(GlossTransfer.VALIDATION),
                List.of(
                        new Claim(
                                "LoRA is better at 3e-3 than at 3e-4",
                                new Rule.Wins(
                                        GlossTransfer.VALIDATION,
                                        Pick.of("LoRA r8", RateSweep.setting(3e-3)),
                                        Pick.of("LoRA r8", RateSweep.setting(3e-4)),
                                        1)),
                        new Claim(
                                "Full fine-tuning is better at 3e-4 than at 3e-3",
                                new Rule.Wins(
                                        GlossTransfer.VALIDATION,
                                        Pick.of("full", RateSweep.setting(3e-4)),
                                        Pick.of("full", RateSweep.setting(3e-3)),
                                        1))),
                List.of(
                        new Table("The best rate of each", SWEEP.tuned(), columns),
                        new Table(
                                "All rates",
                                arms.stream()
                                        .map(arm -> Pick.of(arm.method(), arm.setting()))
                                        .toList(),
                                columns)),
                List.of(SWEEP.figure("rates", "What the learning rate does to each", GlossTransfer.VALIDATION)),
                List.of(
                        "One seed and 500 validation rows, of which one is 0.2 points: neighbouring rates can change places."));
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        return task.prepare(seed, size);
    }
}
