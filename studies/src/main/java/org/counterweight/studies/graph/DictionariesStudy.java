package org.counterweight.studies.graph;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.GraphFiles;
import org.counterweight.data.graph.Symmetry;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/**
 * StruRW between two dictionaries, a century apart, whose entries refer to one another.
 *
 * @param graph each of the two, {@code webster} and {@code wordnet}; fetched when it is asked for
 */
public record DictionariesStudy(Function<String, Graph> graph) implements Study {
    private static final String TO_WORDNET = "Webster to WordNet";
    private static final String TO_WEBSTER = "WordNet to Webster";
    private static final List<String> METHODS = List.of(
            CitationsStudy.ERM,
            CitationsStudy.ERM_FULL,
            CitationsStudy.DANN,
            CitationsStudy.ADV,
            CitationsStudy.ORACLE);
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy on the target, %", 1);
    private static final int NODES = 3000;

    /** On the two graphs of the catalogue. */
    public static DictionariesStudy onHoldings() {
        return new DictionariesStudy(name -> GraphFiles.read(
                Fetcher.ofUser(step -> {}).fetch(Holdings.named("dictionaries")).resolve(name + ".safetensors")));
    }

    private static List<Pick> picks(String setting) {
        return METHODS.stream().map(method -> Pick.of(method, setting)).toList();
    }

    private static Rule above(String method, String other, String setting, double margin) {
        return new Rule.Advantage(ACCURACY, Pick.of(method, setting), Pick.of(other, setting), margin);
    }

    @Override
    public Plan plan() {
        Plan.Draft plan = Plan.of("strurw-dictionaries", "StruRW: two dictionaries, a century apart")
                .method("strurw")
                .paper("S. Liu, T. Li, Y. Feng, N. Tran, H. Zhao, Q. Qiu and P. Li, Structural Re-weighting Improves"
                        + " Graph Domain Adaptation, ICML 2023")
                .says("Where classes are linked otherwise in the target, edges weighed by the ratio of links, found"
                        + " by the network's own predictions, help.")
                .data("Webster 1913 by its cross-references and WordNet 3.0 by its pointers: animals, plants, parts"
                        + " of bodies, substances, artifacts; words as features, one vocabulary of 4,000 for both."
                        + " Of each the 3,000 best-connected nodes, edges made to go both ways. All nodes of the"
                        + " source are learnt; all of the target judge, and nothing is chosen by them.")
                .setup("GraphSAGE of widths 64 and 32, dropout 0.3, weighted normalisation; Adam at 0.005, times 0.8"
                        + " every 50 of 120 epochs of one step; estimates from epoch 40 on, every 10; alpha of the"
                        + " reversal up to 1. Accuracy after the last epoch.")
                .picks(Stream.concat(picks(TO_WORDNET).stream(), picks(TO_WEBSTER).stream())
                        .toList())
                .seeds(5);
        for (String setting : List.of(TO_WORDNET, TO_WEBSTER)) {
            plan.claim(
                            setting + ", StruRW-ERM is above ERM",
                            above(CitationsStudy.ERM_FULL, CitationsStudy.ERM, setting, 0))
                    .claim("and StruRW-Adv above DANN", above(CitationsStudy.ADV, CitationsStudy.DANN, setting, 0))
                    .claim(
                            "and StruRW-ERM reaches what true labels give, but for 2 points",
                            above(CitationsStudy.ERM_FULL, CitationsStudy.ORACLE, setting, -2));
        }
        return plan.table(TO_WORDNET, picks(TO_WORDNET), List.of(ACCURACY))
                .table(TO_WEBSTER, picks(TO_WEBSTER), List.of(ACCURACY))
                .limit("Words and shares of classes differ too, which no weight of an edge puts right.")
                .limit("Nothing is tuned for any arm.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        int nodes = size.of(NODES, 200);
        Graph webster = read("webster", nodes);
        Graph wordnet = read("wordnet", nodes);
        return arm -> measured(arm, webster, wordnet, size, seed);
    }

    private Graph read(String name, int nodes) {
        return DividedGraph.bestConnected(graph.apply(name).made(Symmetry.MAX), nodes);
    }

    private static Measurement measured(Arm arm, Graph webster, Graph wordnet, Size size, Seed seed) {
        boolean isForward = arm.setting().equals(TO_WORDNET);
        try (var scope = Scope.open()) {
            Domains domains = NodeTraining.between(isForward ? webster : wordnet, isForward ? wordnet : webster);
            return Measurement.of(Map.of(ACCURACY.key(), CitationsStudy.accuracy(domains, arm, size, seed)));
        }
    }
}
