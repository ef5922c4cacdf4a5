package org.counterweight.studies.federate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.engine.Seed;
import org.counterweight.federate.call.Participant;
import org.counterweight.federate.run.Federation;
import org.counterweight.federate.run.Target;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/** FedGP, FedDA and what they are compared with, where the target's digits are turned more or less. */
public final class FedGpDigitsStudy implements Study {
    private static final String[] TURNS = {"0", "25", "50"};
    private static final int SOURCES = 5;
    private static final int JUDGED = 500;
    private static final int LABELLED = 40;
    private static final Mlp MODEL = new Mlp(64, List.of(48), 10, Activation.RELU, 0);

    private static List<Pick> at(String turn) {
        return Contender.picks(setting(turn));
    }

    private static String setting(String turn) {
        return turn + " degrees";
    }

    private static Rule better(String a, String b, String turn) {
        return new Rule.Advantage(Contender.ACCURACY, Pick.of(a, setting(turn)), Pick.of(b, setting(turn)), 0);
    }

    private static Rule notWorse(String a, String turn) {
        return new Rule.Advantage(
                Contender.ACCURACY, Pick.of(a, setting(turn)), Pick.of(Contender.TARGET, setting(turn)), -2);
    }

    @Override
    public Plan plan() {
        var all = new ArrayList<Pick>();
        Arrays.stream(TURNS).forEach(turn -> all.addAll(at(turn)));
        var draft = Plan.of("fedgp-digits", "FedGP and FedDA: a client whose digits are turned")
                .method("fedgp")
                .paper("E. Jiang et al., Principled Federated Domain Adaptation: Gradient Projection and"
                        + " Auto-Weighting, ICLR 2024 (arXiv 2302.05049)")
                .says("A client with few labels gains from clients of other domains if its own update is mixed with"
                        + " theirs by weights that the noise of the one and the distance of the other tell; where"
                        + " domains are far apart a fixed mixture harms, and the projection less.")
                .data("The included 8 x 8 digits: five sources have 1,257 of them as they are, the target 40"
                        + " labelled ones and 500 to judge by, turned by 0, 25 or 50 degrees.")
                .setup("Perceptron 64-48-10, 40 rounds after two over the sources alone, Adam at 0.005, batches of 32"
                        + " at the sources and of 4 at the target, one epoch a round; projections layer by layer;"
                        + " the mean of the last five rounds.")
                .picks(all)
                .seeds(5)
                .claim(
                        "At 50 degrees FedDA with estimated weights is better than the target alone",
                        better(Contender.DA_AUTO, Contender.TARGET, "50"))
                .claim("and so is FedGP", better(Contender.GP_AUTO, Contender.TARGET, "50"))
                .claim(
                        "FedDA with a weight of 0.5 is worse than the target alone there",
                        better(Contender.TARGET, Contender.DA, "50"))
                .claim("and better than it at 25 degrees", better(Contender.DA, Contender.TARGET, "25"));
        for (String turn : TURNS) {
            draft = draft.claim(
                            "Estimated weights cost FedDA no more than 2 points of the target alone at " + turn
                                    + " degrees",
                            notWorse(Contender.DA_AUTO, turn))
                    .claim("nor FedGP at " + turn, notWorse(Contender.GP_AUTO, turn));
        }
        for (String turn : TURNS) {
            draft = draft.table(
                    "Turned by " + turn + " degrees", at(turn), List.of(Contender.ACCURACY, Contender.BETA));
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
            Contender contender = Contender.of(arm);
            Map<String, Tensor> start = MODEL.initialize(seed.child("start").generator());
            var federation = new Federation(
                    config(contender, size),
                    MODEL,
                    start,
                    new Target(
                            new Participant("target", new TurnedDigits(labelled, degrees), Participant.Rehearsal.NONE),
                            new TurnedDigits(all, degrees),
                            new TurnedDigits(judged, degrees)),
                    sources,
                    seed.child("federation"),
                    1);
            return contender.measured(arm, federation);
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
}
