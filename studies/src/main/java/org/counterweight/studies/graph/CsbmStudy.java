package org.counterweight.studies.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.engine.Seed;
import org.counterweight.graph.Csbm;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.graph.MessageNorm;
import org.counterweight.model.part.graph.SageLayer;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;

/** StruRW on contextual stochastic block models whose classes are linked more often in the target. */
public final class CsbmStudy implements Study {
    private static final String ERM = "ERM";
    private static final String ERM_HALF = "StruRW-ERM, lambda 0.5, unweighted";
    private static final String ERM_FULL = "StruRW-ERM, lambda 1";
    private static final String DANN = "DANN";
    private static final String ADV = "StruRW-Adv, lambda 1";
    private static final String ORACLE = "StruRW-Adv with true labels";
    private static final String MILD = "q = 0.002";
    private static final String STRONG = "q = 0.010";
    private static final String SEVERE = "q = 0.016";
    private static final List<String> METHODS = List.of(ERM, ERM_HALF, ERM_FULL, DANN, ADV, ORACLE);
    private static final Map<String, Double> LINKS = Map.of(MILD, 0.002, STRONG, 0.010, SEVERE, 0.016);
    private static final List<String> SETTINGS = List.of(MILD, STRONG, SEVERE);
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy on the target, %", 1);
    private static final double DENSER = 5; // so that degrees are those of a thousand nodes a class

    @Override
    public Plan plan() {
        List<Pick> all = SETTINGS.stream()
                .flatMap(setting -> METHODS.stream().map(method -> Pick.of(method, setting)))
                .toList();
        Plan.Draft plan = Plan.of("strurw-csbm", "StruRW: made graphs whose classes are linked otherwise")
                .method("strurw")
                .paper(
                        "S. Liu, T. Li, Y. Feng, N. Tran, H. Zhao, Q. Qiu and P. Li, Structural Re-weighting Improves Graph"
                                + " Domain Adaptation, ICML 2023")
                .says(
                        "Where classes are linked otherwise in the target, networks trained on the source fail, adversarial"
                                + " alignment too; edges weighed by the ratio of links, found by the network's own predictions, put"
                                + " them right.")
                .data(
                        "Contextual stochastic block models of 3 classes with 200 nodes each; features in the plane around"
                                + " (-1, 0), (1, 0), (3, 2), deviation 0.8; links within a class with a probability of 0.1 (0.02"
                                + " at a thousand nodes), between classes 0.01 in the source and 5 q in the target. Drawn anew for"
                                + " each seed. All nodes of the source are learnt; all of the target judge, and nothing is chosen by"
                                + " them.")
                .setup(
                        "GraphSAGE of widths 20 and 10, dropout 0.1, weighted normalisation unless said; Adam at 0.007, times"
                                + " 0.8 every 50 of 300 epochs of one step; estimates from epoch 100 on, every 15; alpha of the"
                                + " reversal up to 1. Accuracy after the last epoch.")
                .picks(all)
                .seeds(5);
        for (String setting : List.of(STRONG, SEVERE)) {
            for (String other : List.of(DANN, ERM)) {
                plan.claim(
                        "At " + setting + " StruRW-Adv is above " + other + " by 20 points",
                        new Rule.Advantage(ACCURACY, Pick.of(ADV, setting), Pick.of(other, setting), 20));
            }
            plan.claim(
                    "At " + setting + " StruRW-ERM is above ERM",
                    new Rule.Wins(ACCURACY, Pick.of(ERM_FULL, setting), Pick.of(ERM, setting), 0.8));
        }
        return plan.claim(
                        "At q = 0.016 StruRW-Adv reaches what true labels give, but for 5 points",
                        new Rule.Advantage(ACCURACY, Pick.of(ADV, SEVERE), Pick.of(ORACLE, SEVERE), -5))
                .claim(
                        "Where links do not shift StruRW-Adv costs no point",
                        new Rule.Near(ACCURACY, Pick.of(ADV, MILD), Pick.of(DANN, MILD), 1))
                .table("Accuracy after the last epoch", all, List.of(ACCURACY))
                .figure(new Figure.Sweep(
                        "accuracy",
                        "Accuracy on the target",
                        "q, the probability of a link between classes there (0.002 in the source)",
                        ACCURACY,
                        METHODS,
                        SETTINGS,
                        SETTINGS.stream().map(CsbmStudy::links).toList()))
                .limit("Made graphs, on which the shift is all there is. True labels are an upper bound, no method.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        int nodes = size.of(200, 30);
        Graph source = Csbm.ofThree(nodes, 0.02 * DENSER, 0.002 * DENSER).draw(seed.child("source"));
        var targets = new LinkedHashMap<String, Graph>();
        SETTINGS.forEach(setting -> targets.put(
                setting,
                Csbm.ofThree(nodes, 0.02 * DENSER, links(setting) * DENSER).draw(seed.child("target"))));
        return arm -> measured(arm, source, Objects.requireNonNull(targets.get(arm.setting())), size, seed);
    }

    private static double links(String setting) {
        return Objects.requireNonNull(LINKS.get(setting));
    }

    private static Measurement measured(Arm arm, Graph source, Graph target, Size size, Seed seed) {
        Domains domains = NodeTraining.between(source, target);
        MessageNorm norm = arm.method().equals(ERM_HALF) ? MessageNorm.UNWEIGHTED : MessageNorm.WEIGHTED;
        var network =
                new GraphNetwork(new SageLayer(norm, false), 2, List.of(20, 10), List.of(), 3, 0.1, Normalization.NONE);
        int epochs = size.of(300, 6);
        String schedule = "start_epoch: " + epochs / 3 + ", freq: " + size.of(15, 2);
        double accuracy = new NodeTraining(domains, domains.source().nodes(), network, epochs, 0.007, seed)
                .accuracy("{" + settings(arm.method()) + ", " + schedule + "}");
        return Measurement.of(Map.of(ACCURACY.key(), 100 * accuracy));
    }

    private static String settings(String method) {
        String dann = "alignment: {kind: dann, alpha_max: 1.0}";
        return switch (method) {
            case ERM -> "estimate: none";
            case ERM_HALF -> "lambda: 0.5";
            case ERM_FULL -> "lambda: 1.0";
            case DANN -> "estimate: none, " + dann;
            case ADV -> "lambda: 1.0, " + dann;
            default -> "lambda: 1.0, target_labels: oracle, " + dann;
        };
    }
}
