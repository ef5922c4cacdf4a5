package org.counterweight.studies.glosses;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.engine.Seed;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/** The sweep that chooses the rates of {@link GlossStudy}: fewer rows, one seed, one method of each kind, three rates. */
public record GlossRatesStudy(GlossTransfer task) implements Study {
    static final int ROWS = 640;
    private static final Map<String, List<Double>> RATES = rates();

    private static Map<String, List<Double>> rates() {
        var rates = new LinkedHashMap<String, List<Double>>();
        rates.put("BitFit", List.of(1e-3, 3e-3, 1e-2));
        rates.put("LoRA r8", List.of(3e-4, 1e-3, 3e-3));
        rates.put("PiSSA r8", List.of(3e-4, 1e-3, 3e-3));
        rates.put("AdaLoRA r12 to 8", List.of(1e-3, 3e-3, 1e-2));
        rates.put("Bone r16", List.of(3e-4, 1e-3, 3e-3));
        rates.put("Compacter", List.of(1e-3, 3e-3, 1e-2));
        rates.put("Houlsby", List.of(3e-4, 1e-3, 3e-3));
        rates.put("full", List.of(1e-4, 3e-4, 1e-3));
        return rates;
    }

    public static GlossRatesStudy onHoldings() {
        return new GlossRatesStudy(GlossTransfer.onHoldings(ROWS));
    }

    @Override
    public Plan plan() {
        var picks = new ArrayList<Pick>();
        RATES.forEach((method, rates) -> rates.forEach(rate -> picks.add(Knob.RATE.at(method, rate))));
        List<Metric> columns = List.of(GlossTransfer.COUNT, GlossTransfer.VALIDATION);
        return Plan.of("adapters-glosses-rates", "Adapters on glosses: the sweep that chooses their rates")
                .method("lora")
                .paper("J. Schulman et al., LoRA Without Regret, 2025, for the claim")
                .says("Low-rank adapters want about ten times the learning rate of full fine-tuning.")
                .data(GlossStudy.data(ROWS))
                .setup(GlossStudy.SETUP + " Here " + ROWS / GlossTransfer.BATCH + " steps.")
                .picks(picks)
                .seeds(1)
                .tunedBy(GlossTransfer.VALIDATION)
                .claim(
                        "LoRA is better at 1e-3 than at 3e-4",
                        new Rule.Wins(
                                GlossTransfer.VALIDATION,
                                Knob.RATE.at("LoRA r8", 1e-3),
                                Knob.RATE.at("LoRA r8", 3e-4),
                                1))
                .claim(
                        "Full fine-tuning is better at 3e-4 than at 1e-3",
                        new Rule.Wins(
                                GlossTransfer.VALIDATION, Knob.RATE.at("full", 3e-4), Knob.RATE.at("full", 1e-3), 1))
                .table("All rates", picks, columns)
                .table(
                        "The best rate of each",
                        RATES.keySet().stream().map(Pick::tuned).toList(),
                        columns)
                .limit(
                        "One seed and 500 validation rows, of which one is 0.2 points: neighbouring rates can change places.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        return task.prepare(seed, size);
    }
}
