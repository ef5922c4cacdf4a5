package org.counterweight.studies.federate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.Split;
import org.counterweight.data.image.ImageSet;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.federate.call.Participant;
import org.counterweight.federate.run.Federation;
import org.counterweight.federate.run.Target;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/**
 * FedGP, FedDA and what they are compared with, where clients draw the same things in styles of their own.
 *
 * @param part of a style's pictures, by the style and the part: {@code google/train}; fetched when it is asked for
 */
public record FedGpEmojiStudy(Function<String, ImageSet> part) implements Study {
    private static final String STYLES = "emoji";
    private static final List<String> SOURCES = List.of("google", "facebook");
    private static final String TARGET = "twitter";
    private static final int CLIENTS_OF_A_STYLE = 2;
    private static final int ROWS = 800;
    private static final int LABELLED = 200;
    private static final int WIDTH = 16;
    private static final int DEPTH = 3;

    /** On the sets of the catalogue. */
    public static FedGpEmojiStudy onHoldings() {
        return new FedGpEmojiStudy(name -> {
            String[] words = name.split("/");
            return ImageSet.read(Fetcher.ofUser(step -> {}).fetch(Holdings.named("emoji-" + words[0])), words[1]);
        });
    }

    private static Rule over(String a, String b, double margin) {
        return new Rule.Advantage(Contender.ACCURACY, Pick.of(a, STYLES), Pick.of(b, STYLES), margin);
    }

    @Override
    public Plan plan() {
        List<Pick> all = Contender.picks(STYLES);
        return Plan.of("fedgp-emoji", "FedGP and FedDA: clients that draw in styles of their own")
                .method("fedgp")
                .paper("E. Jiang et al., Principled Federated Domain Adaptation: Gradient Projection and"
                        + " Auto-Weighting, ICLR 2024 (arXiv 2302.05049)")
                .says("A client with few labels gains from clients of other domains if its own update is mixed with"
                        + " theirs by weights that the noise of the one and the distance of the other tell.")
                .data("Emoji of 32 x 32 in 9 categories: two clients have 800 of Google's each, two 800 of"
                        + " Facebook's, the target 200 labelled ones of Twitter's, drawn with the categories in"
                        + " their proportions; all of Twitter's that show things which no client has seen are"
                        + " judged by, in whatever style.")
                .setup("ConvNet of 3 blocks of 16 channels with instance norm, 15 rounds after two over the sources"
                        + " alone, Adam at 0.002 at the sources and 0.001 at the target, batches of 64 and of 16,"
                        + " one epoch a round; projections layer by layer; the mean of the last five rounds.")
                .picks(all)
                .seeds(5)
                .claim(
                        "FedDA with estimated weights is better than the target alone",
                        over(Contender.DA_AUTO, Contender.TARGET, 0))
                .claim("and so is FedGP", over(Contender.GP_AUTO, Contender.TARGET, 0))
                .claim(
                        "FedDA with estimated weights is better than the sources alone",
                        over(Contender.DA_AUTO, Contender.SOURCE, 0))
                .claim(
                        "Estimated weights cost FedDA no more than 2 points of the weight 0.5",
                        over(Contender.DA_AUTO, Contender.DA, -2))
                .table("Twitter's emoji", all, List.of(Contender.ACCURACY, Contender.BETA))
                .limit("Two other styles, a small network and few rounds; nothing is tuned for any arm.")
                .limit("Of those judged by 55 % are people: so much needs no look at the picture.")
                .done();
    }

    private static ConvNet model(ImageSet pictures) {
        ImageSet.Shape shape = pictures.shape();
        return new ConvNet(
                shape.channels(),
                shape.height(),
                WIDTH,
                Math.min(DEPTH, ConvNet.mostBlocks(shape.channels(), shape.height())),
                Normalization.INSTANCE,
                pictures.labelNames().size());
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        int rows = size.of(ROWS, 64);
        var sources = new ArrayList<Participant>();
        for (String vendor : SOURCES) {
            ImageSet drawn = part.apply(vendor + "/train");
            int[] order = seed.child(vendor).permutation(drawn.size());
            for (int i = 0; i < CLIENTS_OF_A_STYLE; i++) {
                sources.add(new Participant(
                        vendor + (i + 1),
                        drawn.select(Arrays.copyOfRange(order, i * rows, (i + 1) * rows)),
                        Participant.Rehearsal.NONE));
            }
        }
        ImageSet all = part.apply(TARGET + "/train");
        LabelledDataset labelled = Split.limit(all, size.of(LABELLED, 40), seed.child("labelled"));
        ImageSet judged = part.apply(TARGET + "/test");
        LabelledDataset whole = Split.limit(all, size.of(2 * ROWS, 64), seed.child("whole"));
        ConvNet model = model(all);
        return arm -> {
            try (var scope = Scope.open()) {
                Contender contender = Contender.of(arm);
                Map<String, Tensor> start = model.initialize(seed.child("start").generator());
                return contender.measured(
                        arm,
                        new Federation(
                                config(contender, size),
                                model,
                                start,
                                new Target(
                                        new Participant("target", labelled, Participant.Rehearsal.NONE), whole, judged),
                                sources,
                                seed.child("federation"),
                                1));
            }
        };
    }

    private static FederateConfig config(Contender contender, Size size) {
        return Configs.bind(
                Configs.yaml(
                        "{rounds: " + size.of(15, 2) + ", source_lr: 0.002, target_lr: 0.001, source_batch_size: 64,"
                                + " target_batch_size: 16, finetune_epochs: " + size.of(50, 2) + ", beta: "
                                + contender.beta() + "}",
                        "the study"),
                FederateConfig.class,
                "federate");
    }
}
