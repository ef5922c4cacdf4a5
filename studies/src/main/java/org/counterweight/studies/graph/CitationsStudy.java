package org.counterweight.studies.graph;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.counterweight.data.DataException;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.GraphFiles;
import org.counterweight.datasets.Cache;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
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

/**
 * StruRW where the two domains are halves of one graph of papers that cite one another.
 *
 * @param name {@code cora} or {@code citeseer}
 */
public record CitationsStudy(String name, Supplier<Graph> graph) implements Study {
    /** The environment variable that names the directory of the graphs. */
    public static final String PLACE = "CW_GRAPHS";

    static final String ERM = "ERM";
    private static final String ERM_HALF = "StruRW-ERM, lambda 0.5";
    static final String ERM_FULL = "StruRW-ERM, lambda 1";
    static final String DANN = "DANN";
    static final String ADV = "StruRW-Adv, lambda 1";
    static final String ORACLE = "StruRW-ERM with true labels";
    private static final List<String> METHODS = List.of(ERM, ERM_HALF, ERM_FULL, DANN, ADV, ORACLE);
    private static final String BY_AGREEMENT = "by agreement";
    private static final String BY_DEGREE = "by degree";
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy on the target, %", 1);

    /** On a graph where the user has put it. */
    public static CitationsStudy onUsersGraph(String name) {
        return new CitationsStudy(
                name, () -> GraphFiles.read(place(name, System.getenv().getOrDefault(PLACE, ""))));
    }

    private static Path place(String name, String given) {
        Path place = given.isBlank() ? Cache.ofUser().root().resolve("data").resolve("graphs") : Path.of(given);
        Path file = place.resolve(name + ".safetensors");
        if (!Files.isRegularFile(file)) {
            throw new DataException(place + ": has no " + name + ".safetensors. No package registry carries " + name
                    + ": take it from github.com/tkipf/gcn (Planetoid), write feature_index, feature_value,"
                    + " feature_shape, edge_index and label into one safetensors file, and put it there or name its"
                    + " directory in "
                    + PLACE);
        }
        return file;
    }

    @Override
    public Plan plan() {
        List<Pick> byAgreement = picks(BY_AGREEMENT);
        List<Pick> byDegree = picks(BY_DEGREE);
        Plan.Draft plan = Plan.of("strurw-" + name, "StruRW: two halves of " + name + " that are linked otherwise")
                .method("strurw")
                .paper("S. Liu, T. Li, Y. Feng, N. Tran, H. Zhao, Q. Qiu and P. Li, Structural Re-weighting Improves"
                        + " Graph Domain Adaptation, ICML 2023")
                .says("Where classes are linked otherwise in the target, edges weighed by the ratio of links, found"
                        + " by the network's own predictions, help; where they are not, nothing is lost.")
                .data(name
                        + " (Planetoid), its nodes with a class divided in two at the median, each half with the edges"
                        + " among its own nodes. By agreement: the source are the papers more of whose neighbours are"
                        + " of their own class, the target the others. By degree: the source are those with more"
                        + " neighbours. Which of equal ones fall into which half is drawn for each seed. All nodes of"
                        + " the source are learnt; all of the target judge, and nothing is chosen by them.")
                .setup("GraphSAGE of widths 64 and 32, dropout 0.3, weighted normalisation, features as they are;"
                        + " Adam at 0.005, times 0.8 every 50 of 120 epochs of one step; estimates from epoch 40"
                        + " on, every 10; alpha of the reversal up to 1. Accuracy after the last epoch.")
                .picks(Stream.concat(byAgreement.stream(), byDegree.stream()).toList())
                .seeds(5);
        return plan.claim(
                        "Divided by agreement, StruRW-ERM is above ERM",
                        new Rule.Wins(ACCURACY, Pick.of(ERM_FULL, BY_AGREEMENT), Pick.of(ERM, BY_AGREEMENT), 0.8))
                .claim(
                        "and StruRW-Adv above DANN",
                        new Rule.Wins(ACCURACY, Pick.of(ADV, BY_AGREEMENT), Pick.of(DANN, BY_AGREEMENT), 0.8))
                .claim(
                        "and StruRW-ERM reaches what true labels give, but for 2 points",
                        new Rule.Advantage(
                                ACCURACY, Pick.of(ERM_FULL, BY_AGREEMENT), Pick.of(ORACLE, BY_AGREEMENT), -2))
                .claim(
                        "Divided by degree, StruRW-ERM costs no more than 2 points of ERM",
                        new Rule.Advantage(ACCURACY, Pick.of(ERM_FULL, BY_DEGREE), Pick.of(ERM, BY_DEGREE), -2))
                .table("Divided by agreement", byAgreement, List.of(ACCURACY))
                .table("Divided by degree", byDegree, List.of(ACCURACY))
                .limit("The domains are made of one graph; a division by agreement looks at the labels to make them.")
                .limit("Nothing is tuned for any arm.")
                .done();
    }

    private static List<Pick> picks(String setting) {
        return METHODS.stream().map(method -> Pick.of(method, setting)).toList();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Graph all = graph.get();
        DividedGraph byAgreement = DividedGraph.of(all, DividedGraph.agreement(all), seed.child("agreement"));
        DividedGraph byDegree = DividedGraph.of(all, DividedGraph.degree(all), seed.child("degree"));
        return arm -> measured(arm, arm.setting().equals(BY_DEGREE) ? byDegree : byAgreement, size, seed);
    }

    private static Measurement measured(Arm arm, DividedGraph halves, Size size, Seed seed) {
        try (var scope = Scope.open()) {
            Domains domains = NodeTraining.between(halves.upper(), halves.lower());
            return Measurement.of(Map.of(ACCURACY.key(), accuracy(domains, arm, size, seed)));
        }
    }

    /** In percent, by GraphSAGE of widths 64 and 32. */
    static double accuracy(Domains domains, Arm arm, Size size, Seed seed) {
        var network = new GraphNetwork(
                new SageLayer(MessageNorm.WEIGHTED, false),
                domains.source().graph().width(),
                List.of(size.of(64, 8), size.of(32, 8)),
                List.of(),
                domains.classes(),
                0.3,
                Normalization.NONE);
        int epochs = size.of(120, 6);
        String schedule = "start_epoch: " + epochs / 3 + ", freq: " + size.of(10, 2);
        return 100
                * new NodeTraining(domains, domains.source().nodes(), network, epochs, 0.005, seed)
                        .accuracy("{" + settings(arm.method()) + ", " + schedule + "}");
    }

    static String settings(String method) {
        String dann = "alignment: {kind: dann, alpha_max: 1.0}";
        return switch (method) {
            case ERM -> "estimate: none";
            case ERM_HALF -> "lambda: 0.5";
            case ERM_FULL -> "lambda: 1.0";
            case DANN -> "estimate: none, " + dann;
            case ADV -> "lambda: 1.0, " + dann;
            default -> "lambda: 1.0, target_labels: oracle";
        };
    }
}
