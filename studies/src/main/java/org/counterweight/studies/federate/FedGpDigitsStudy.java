package org.counterweight.studies.federate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.engine.Seed;
import org.counterweight.federate.run.Federated;
import org.counterweight.federate.run.Federation;
import org.counterweight.federate.run.Participant;
import org.counterweight.federate.run.RoundLog;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.Way;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/** FedGP, FedDA and what they are compared with, where the target's digits are turned more or less. */
public final class FedGpDigitsStudy implements Study {
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy, %", 1);
    private static final Metric BETA = Metric.plain("beta", "mean weight of the sources", 3);

    private static final String DA_AUTO = "FedDA, weights estimated";
    private static final String GP_AUTO = "FedGP, weights estimated";
    private static final String DA = "FedDA, weight 0.5";
    private static final String GP = "FedGP, weight 0.5";
    private static final String SOURCE = "sources only";
    private static final String TARGET = "target only";
    private static final String FINETUNE = "sources, then target";
    private static final String FEDAVG = "mean of all";
    private static final String ORACLE = "target with all labels";

    private static final String[] TURNS = {"0", "25", "50"};
    private static final int SOURCES = 5;
    private static final int JUDGED = 500;
    private static final int LABELLED = 40;
    private static final Mlp MODEL = new Mlp(64, List.of(48), 10, Activation.RELU, 0);

    /** A way, and the weight of the sources' side; null to estimate it. */
    private record Contender(Way way, String beta) {}

    private static final Map<String, Contender> WAYS = ways();

    private static Map<String, Contender> ways() {
        var ways = new LinkedHashMap<String, Contender>();
        ways.put(SOURCE, new Contender(Way.SOURCE_ONLY, "null"));
        ways.put(FEDAVG, new Contender(Way.FEDAVG, "null"));
        ways.put(FINETUNE, new Contender(Way.FINETUNE, "null"));
        ways.put(TARGET, new Contender(Way.TARGET_ONLY, "null"));
        ways.put(DA, new Contender(Way.FEDDA, "0.5"));
        ways.put(GP, new Contender(Way.FEDGP, "0.5"));
        ways.put(DA_AUTO, new Contender(Way.FEDDA, "null"));
        ways.put(GP_AUTO, new Contender(Way.FEDGP, "null"));
        ways.put(ORACLE, new Contender(Way.ORACLE, "null"));
        return ways;
    }

    private static List<Pick> at(String turn) {
        return WAYS.keySet().stream().map(way -> Pick.of(way, setting(turn))).toList();
    }

    private static String setting(String turn) {
        return turn + " degrees";
    }

    private static Rule better(String a, String b, String turn) {
        return new Rule.Advantage(ACCURACY, Pick.of(a, setting(turn)), Pick.of(b, setting(turn)), 0);
    }

    private static Rule notWorse(String a, String turn) {
        return new Rule.Advantage(ACCURACY, Pick.of(a, setting(turn)), Pick.of(TARGET, setting(turn)), -2);
    }

    @Override
    public Plan plan() {
        var all = new ArrayList<Pick>();
        Arrays.stream(TURNS).forEach(turn -> all.addAll(at(turn)));
        var draft = Plan.of("fedgp-digits", "FedGP and FedDA: a client whose digits are turned")
                .method("fedgp")
                .paper(
                        "E. Jiang et al., Principled Federated Domain Adaptation: Gradient Projection and Auto-Weighting, ICLR"
                                + " 2024 (arXiv 2302.05049)")
                .says(
                        "A client with few labels gains from clients of other domains if its own update is mixed with theirs by"
                                + " weights that the noise of the one and the distance of the other tell; where domains are far apart a"
                                + " fixed mixture harms, and the projection less.")
                .data(
                        "The included 8 x 8 digits: five sources have 1,257 of them as they are, the target 40 labelled ones and 500"
                                + " to judge by, turned by 0, 25 or 50 degrees.")
                .setup(
                        "Perceptron 64-48-10, 40 rounds after two over the sources alone, Adam at 0.005, batches of 32 at the"
                                + " sources and of 4 at the target, one epoch a round; projections layer by layer; the mean of the last"
                                + " five rounds.")
                .picks(all)
                .seeds(5)
                .claim(
                        "At 50 degrees FedDA with estimated weights is better than the target alone",
                        better(DA_AUTO, TARGET, "50"))
                .claim("and so is FedGP", better(GP_AUTO, TARGET, "50"))
                .claim("FedDA with a weight of 0.5 is worse than the target alone there", better(TARGET, DA, "50"))
                .claim("and better than it at 25 degrees", better(DA, TARGET, "25"));
        for (String turn : TURNS) {
            draft = draft.claim(
                            "Estimated weights cost FedDA no more than 2 points of the target alone at " + turn
                                    + " degrees",
                            notWorse(DA_AUTO, turn))
                    .claim("nor FedGP at " + turn, notWorse(GP_AUTO, turn));
        }
        for (String turn : TURNS) {
            draft = draft.table("Turned by " + turn + " degrees", at(turn), List.of(ACCURACY, BETA));
        }
        return draft.limit("A perceptron and easy digits; nothing is tuned for any arm.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        ImageSet digits = ImageSet.digits();
        int[] order = seed.child("rows").permutation(digits.size());
        int own = LABELLED + JUDGED;
        var sources = new ArrayList<Participant>();
        int each = (digits.size() - own) / SOURCES;
        for (int i = 0; i < SOURCES; i++) {
            int from = own + i * each;
            sources.add(new Participant(
                    "source" + i,
                    digits.select(Arrays.copyOfRange(order, from, from + each)),
                    Participant.Rehearsal.NONE));
        }
        LabelledDataset labelled = digits.select(Arrays.copyOfRange(order, 0, LABELLED));
        LabelledDataset judged = digits.select(Arrays.copyOfRange(order, LABELLED, own));
        // what the oracle learns from: the sources' digits, turned like the target's and with their labels
        LabelledDataset all = digits.select(Arrays.copyOfRange(order, own, order.length));
        return arm -> {
            double degrees = Double.parseDouble(arm.setting().split(" ")[0]);
            Contender contender = Objects.requireNonNull(WAYS.get(arm.method()));
            Map<String, Tensor> start = MODEL.initialize(seed.child("start").generator());
            var federation = new Federation(
                    config(contender, size),
                    MODEL,
                    start,
                    new Participant("target", new TurnedDigits(labelled, degrees), Participant.Rehearsal.NONE),
                    new TurnedDigits(all, degrees),
                    sources,
                    new TurnedDigits(judged, degrees),
                    seed.child("federation"),
                    1);
            return measured(arm, Objects.requireNonNull(federation.run(contender.way(), null, alone())));
        };
    }

    private static FederateConfig config(Contender contender, Size size) {
        return Configs.bind(
                Configs.yaml(
                        "{rounds: " + size.of(40, 6) + ", source_lr: 0.005, target_lr: 0.005, source_batch_size: 32,"
                                + " target_batch_size: 4, beta: " + contender.beta() + "}",
                        "the study"),
                FederateConfig.class,
                "federate");
    }

    private static Federation.Following alone() {
        return new Federation.Following() {
            @Override
            public boolean isStopped() {
                return false;
            }

            @Override
            public void round(Way way, RoundLog log) {}
        };
    }

    private static Measurement measured(Arm arm, Federated found) {
        if (found.ended() != null) {
            throw new IllegalStateException(arm + ": " + found.ended());
        }
        double beta = found.rounds().stream()
                .flatMap(log -> log.betas().values().stream())
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
        return Measurement.of(Map.of(ACCURACY.key(), 100 * found.accuracy(), BETA.key(), beta));
    }
}
