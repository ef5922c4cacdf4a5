package org.counterweight.studies.federate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.counterweight.federate.run.Federated;
import org.counterweight.federate.run.Federation;
import org.counterweight.federate.run.RoundLog;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;

/**
 * A way, and the weight of the sources' side.
 *
 * @param beta in YAML; null there to estimate it
 */
record Contender(FederatedAlgorithm way, String beta) {
    static final Metric ACCURACY = Metric.higher("accuracy", "accuracy, %", 1);
    static final Metric BETA = Metric.plain("beta", "mean weight of the sources", 3);

    static final String DA_AUTO = "FedDA, weights estimated";
    static final String GP_AUTO = "FedGP, weights estimated";
    static final String DA = "FedDA, weight 0.5";
    static final String TARGET = "target only";
    static final String SOURCE = "sources only";

    private static final Map<String, Contender> ALL = all();

    private static Map<String, Contender> all() {
        var ways = new LinkedHashMap<String, Contender>();
        ways.put(SOURCE, new Contender(FederatedAlgorithm.SOURCE_ONLY, "null"));
        ways.put("mean of all", new Contender(FederatedAlgorithm.FEDAVG, "null"));
        ways.put("sources, then target", new Contender(FederatedAlgorithm.FINETUNE, "null"));
        ways.put(TARGET, new Contender(FederatedAlgorithm.TARGET_ONLY, "null"));
        ways.put(DA, new Contender(FederatedAlgorithm.FEDDA, "0.5"));
        ways.put("FedGP, weight 0.5", new Contender(FederatedAlgorithm.FEDGP, "0.5"));
        ways.put(DA_AUTO, new Contender(FederatedAlgorithm.FEDDA, "null"));
        ways.put(GP_AUTO, new Contender(FederatedAlgorithm.FEDGP, "null"));
        ways.put("target with all labels", new Contender(FederatedAlgorithm.ORACLE, "null"));
        return ways;
    }

    /** All of them under one setting. */
    static List<Pick> picks(String setting) {
        return ALL.keySet().stream().map(way -> Pick.of(way, setting)).toList();
    }

    static Contender of(Arm arm) {
        return Objects.requireNonNull(ALL.get(arm.method()));
    }

    /** Its accuracy, and how far the sources were trusted in the mean. */
    Measurement measured(Arm arm, Federation federation) {
        Federated found = Objects.requireNonNull(federation.run(way, null, ALONE));
        if (found.ended() != null) {
            throw new IllegalStateException(arm + ": " + found.ended());
        }
        double mean = found.rounds().stream()
                .flatMap(log -> log.betas().values().stream())
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
        return Measurement.of(Map.of(ACCURACY.key(), 100 * found.accuracy(), BETA.key(), mean));
    }

    private static final Federation.Following ALONE = new Federation.Following() {
        @Override
        public boolean isStopped() {
            return false;
        }

        @Override
        public void round(FederatedAlgorithm way, RoundLog log) {}
    };
}
