package org.counterweight.studies.glosses;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.counterweight.engine.Seed;
import org.counterweight.studies.bed.PeakMemory;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;

/** Every adapter and every baseline on a real task, each at the rate that {@link GlossRatesStudy} chose for it. */
public record GlossStudy(GlossTransfer task) implements Study {
    static final int ROWS = 1200;
    static final String SETUP =
            "all-MiniLM-L6-v2 (6 layers, width 384, 22.6 million parameters), mean over tokens, a linear head. The head is first"
                    + " trained on the frozen encoder's features; every contender starts from there and trains it on. Adapters"
                    + " stand at all 36 linear modules, taps after the parts that their papers name. One epoch in batches of"
                    + " 16, rows of like length together, AdamW without decay, 10 % warm-up then cosine, clipping at 1, no"
                    + " dropout, bf16 products where the processor has them.";

    private static final Map<String, Double> RATES = rates();

    /** From the sweep, each method at the rate of its kind; in the order of the table. */
    private static Map<String, Double> rates() {
        var rates = new LinkedHashMap<String, Double>();
        rates.put("head only", 1e-3);
        rates.put("norms", 1e-2);
        rates.put("BitFit", 1e-2);
        rates.put("LoRA r8", 1e-3);
        rates.put("rsLoRA r8", 1e-3);
        rates.put("DoRA r8", 1e-3);
        rates.put("BoRA r8", 1e-3);
        rates.put("PiSSA r8", 3e-4);
        rates.put("SORSA r8", 3e-4);
        rates.put("AdaLoRA r12 to 8", 1e-2);
        rates.put("Bone r16", 1e-3);
        rates.put("Bat r16", 1e-3);
        rates.put("Compacter", 1e-2);
        rates.put("Houlsby", 1e-3);
        rates.put("Pfeiffer", 1e-3);
        rates.put("full", 3e-4);
        return rates;
    }

    public static GlossStudy onHoldings() {
        return new GlossStudy(GlossTransfer.onHoldings(ROWS));
    }

    static String data(int rows) {
        return "WordNet 3.1's glosses of nouns in the 12 most frequent classes, in their natural proportions, cut at 32 tokens."
                + " For each seed " + rows + " at random to learn from, 500 for validation, " + rows / 2
                + " for the test.";
    }

    private static Pick pick(String method) {
        return Knob.RATE.at(method, Objects.requireNonNull(RATES.get(method), method));
    }

    @Override
    public Plan plan() {
        List<Pick> picks = RATES.keySet().stream().map(GlossStudy::pick).toList();
        var columns = new ArrayList<>(
                List.of(GlossTransfer.ACCURACY, GlossTransfer.MACRO_F1, GlossTransfer.COUNT, GlossTransfer.SECONDS));
        if (PeakMemory.isKnown()) {
            columns.add(GlossTransfer.MEMORY);
        }
        Plan.Draft plan = Plan.of("adapters-glosses", "Every adapter on a real task: MiniLM on glosses")
                .method("lora")
                .paper("No one paper: the methods of this library side by side")
                .says("Each method's paper says that it is better than LoRA, or as good with less.")
                .data(data(ROWS))
                .setup(
                        SETUP
                                + " Rates by adapters-glosses-rates: 640 rows of another draw, one seed, the best of three by validation accuracy for one method of each kind.")
                .picks(picks)
                .seeds(3)
                .table("After one epoch of 75 steps", picks, columns)
                .figure(new Figure.Bars(
                        "accuracy", "Test accuracy", "accuracy", List.of(GlossTransfer.ACCURACY), picks))
                .limit("Three seeds and 600 test rows: differences below about two points are not told apart.")
                .limit("One epoch of 1,200 rows: what a method gains with longer training is not seen.")
                .limit(
                        "The rate of each kind is the best of three, on one seed, by half as many steps. Those of BitFit, PiSSA,"
                                + " AdaLoRA and Compacter lie at the edge of what was tried.")
                .limit("Step times and memory are of one process on a shared machine of two cores; bench/README.md has"
                        + " measured ones. Memory is what training added to the process at its highest, the Java"
                        + " heap's own growth included.");
        for (String method : List.of("Bone r16", "BoRA r8", "AdaLoRA r12 to 8", "SORSA r8", "Compacter")) {
            plan.claim(method + " is more accurate than the frozen encoder with a head", beats(method, "head only"));
            plan.claim(method + " is more accurate than LoRA", beats(method, "LoRA r8"));
        }
        plan.claim(
                "Compacter is more accurate than the normalisations alone, which it trains too",
                beats("Compacter", "norms"));
        return plan.done();
    }

    private static Rule beats(String method, String other) {
        return new Rule.Wins(GlossTransfer.ACCURACY, pick(method), pick(other), 1);
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        return task.prepare(seed, size);
    }
}
