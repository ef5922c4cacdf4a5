package org.counterweight.federate.settings;

import java.util.LinkedHashSet;
import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.federate.BetaSource;
import org.counterweight.federate.Round;
import org.counterweight.federate.aggregate.Aggregation;
import org.counterweight.federate.aggregate.BatchNormRule;
import org.counterweight.federate.aggregate.CosineScaled;
import org.counterweight.federate.aggregate.FedDa;
import org.counterweight.federate.aggregate.FedGp;
import org.counterweight.federate.aggregate.Granularity;
import org.counterweight.federate.aggregate.ReversedGp;
import org.counterweight.federate.aggregate.Rule;
import org.counterweight.federate.client.LocalPlan;
import org.counterweight.federate.client.Recording;
import org.counterweight.federate.weigh.BetaRule;
import org.jspecify.annotations.Nullable;

/** How clients train together: the section {@code federate} of a recipe. */
@Example(
        where = "the example as it stands; without --check it is done",
        value = "./cw federate examples/federate/rotated-digits.yaml --check")
public record FederateConfig(
        @Setting(
                value = "The way",
                defaultsTo = "\"fedgp\"",
                oneOf = {
                    "fedgp",
                    "fedda",
                    "fedavg",
                    "source_only",
                    "target_only",
                    "finetune",
                    "oracle",
                    "fedrep",
                    "ditto",
                    "apfl",
                    "knn_per"
                })
        FederatedAlgorithm method,

        @Setting(value = "Rounds", defaultsTo = "50", range = "at least 1; 50 is usual")
        int rounds,

        @Setting(
                value = "Rounds over the sources alone before the first; of fedgp and fedda",
                defaultsTo = "2",
                range = "at least 0; 2 is usual")
        int warmupRounds,

        @Setting(
                value = "What both rates are multiplied by after these",
                defaultsTo = "1.0",
                range = "above 0; 0.1 to 1 is usual")
        double lrFactor,

        @Setting(value = "Learning rate of the sources", defaultsTo = "0.01", range = "above 0; 0.01 is usual")
        double sourceLr,

        @Setting(value = "Learning rate of the target", defaultsTo = "0.005", range = "above 0; 0.005 is usual")
        double targetLr,

        @Setting(
                value = "Passes of each source over its rows in a round",
                defaultsTo = "1",
                range = "at least 1; 1 is usual")
        int sourceEpochs,

        @Setting(
                value = "Passes of the target over its rows in a round",
                defaultsTo = "1",
                range = "at least 1; 1 is usual")
        int targetEpochs,

        @Setting(value = "Rows in a batch of the sources", defaultsTo = "64", range = "at least 1; 64 is usual")
        int sourceBatchSize,

        @Setting(value = "Rows in a batch of the target", defaultsTo = "16", range = "at least 1; 4 to 16 is usual")
        int targetBatchSize,

        @Setting(
                value = "Weight of the sources' side, 0 for the target alone; null to estimate it anew each round",
                defaultsTo = "null",
                range = "[0, 1]; 0.5 is usual")
        @Nullable
        Double beta,

        @Setting(
                value = "What an estimated weight makes least; null for the way's own",
                defaultsTo = "null",
                oneOf = {"fedda", "fedgp", "fedgp_dim", "fedgp_thresh", "fedgp_filtered"})
        @Nullable
        BetaRule betaRule,

        @Setting(
                value = "How the projection is computed: as defined, as in the official code, or reversed: the"
                        + " target's own update by how much a source points its way",
                defaultsTo = "\"exact\"",
                oneOf = {"exact", "cosine_scaled", "reversed"})
        Projection projection,

        @Setting(value = "Whether a source that points away from the target is dropped", defaultsTo = "true")
        boolean filtered,

        @Setting(
                value = "fedgp: whether the target begins each round from the mean of the sources' models of that"
                        + " round",
                defaultsTo = "false")
        boolean meanFirst,

        @Setting(
                value = "Share of the sources that are drawn for each round; at least one is",
                defaultsTo = "1.0",
                range = "(0, 1]; 1 is all of them")
        double partRate,

        @Setting(
                value = "Rounds without a lower loss on rows of the target that it does not train on, after which the"
                        + " best round stands; null to go through all",
                defaultsTo = "null",
                range = "at least 1; 5 is usual")
        @Nullable
        Integer earlyStop,

        @Setting(
                value = "Share of the target's rows that early_stop keeps back",
                defaultsTo = "0.2",
                range = "above 0 and below 1")
        double validationShare,

        @Setting(
                value = "Over what a projection is taken: each tensor, or all as one vector",
                defaultsTo = "\"layer\"",
                oneOf = {"layer", "global"})
        Granularity granularity,

        @Setting(value = "Whether fedda brings sources to the target's scale first", defaultsTo = "true")
        boolean alignFedda,

        @Setting(value = "Whether a client counts by its rows; if not, all count the same", defaultsTo = "true")
        boolean bySize,

        @Setting(
                value = "What becomes of running statistics: averaged over the sources, projected like weights, the"
                        + " target's, each client's own, or frozen",
                defaultsTo = "\"averaged\"",
                oneOf = {"averaged", "projected", "target", "local", "frozen"})
        BatchNormRule batchNorm,

        @Setting(
                value = "Seconds after which a round continues without those that are late; null to wait for all",
                defaultsTo = "null",
                range = "above 0; seconds")
        @Nullable
        Double roundSeconds,

        @Setting(value = "Clients that a round needs", defaultsTo = "2", range = "at least 1")
        int minClients,

        @Setting(
                value = "Seconds after which the work ends if a round has too few",
                defaultsTo = "600.0",
                range = "above 0; seconds")
        double waitSeconds,

        @Setting(
                value = "Passes of the target alone at the end of finetune",
                defaultsTo = "50",
                range = "at least 1; 50 is usual")
        int finetuneEpochs,

        @Setting(
                value = "Passes of fedrep's heads before the bodies train",
                defaultsTo = "5",
                range = "at least 1; 5 to 10 is usual")
        int headEpochs,

        @Setting(
                value = "How strongly ditto's own model is held near",
                defaultsTo = "1.0",
                range = "at least 0; 1 is usual")
        double lambda,

        @Setting(
                value = "The share of apfl's own model to begin with",
                defaultsTo = "0.5",
                range = "[0, 1]; 0.5 is usual")
        double alpha,

        @Setting(value = "Rows that vote in knn_per", defaultsTo = "10", range = "at least 1; 10 is usual")
        int k,

        @Setting(value = "Rounds at the end whose mean is reported", defaultsTo = "5", range = "at least 1; 5 is usual")
        int lastRounds,

        @Setting(
                value = "Other algorithms over the same clients",
                defaultsTo = "[\"target_only\"]",
                range = "of fedgp, fedda, fedavg, source_only, target_only, finetune, oracle, fedrep, ditto, apfl,"
                        + " knn_per")
        List<FederatedAlgorithm> baselines) {

    public FederateConfig {
        Checks.ranges(
                FederateConfig.class,
                "federate",
                rounds,
                warmupRounds,
                lrFactor,
                sourceLr,
                targetLr,
                sourceEpochs,
                targetEpochs,
                sourceBatchSize,
                targetBatchSize,
                beta,
                partRate,
                earlyStop,
                roundSeconds,
                minClients,
                waitSeconds,
                finetuneEpochs,
                headEpochs,
                lambda,
                alpha,
                k,
                lastRounds);
        if (!(validationShare > 0 && validationShare < 1)) {
            throw new ConfigException("federate.validation_share", validationShare, "above 0 and below 1");
        }
        baselines = List.copyOf(new LinkedHashSet<>(baselines));
    }

    /** How a source trains. */
    public LocalPlan ofSource() {
        return new LocalPlan(sourceLr, sourceEpochs, sourceBatchSize);
    }

    /** How the target trains. */
    public LocalPlan ofTarget() {
        return new LocalPlan(targetLr, targetEpochs, targetBatchSize);
    }

    /** Whether weights are estimated. */
    public boolean isAuto(FederatedAlgorithm way) {
        return way.mixes() && beta == null;
    }

    private BetaRule rule(FederatedAlgorithm way) {
        return betaRule != null ? betaRule : way == FederatedAlgorithm.FEDDA ? BetaRule.FEDDA : BetaRule.FEDGP;
    }

    /** What the target keeps of its steps: only some rules need every one of them. */
    public Recording recording(FederatedAlgorithm way) {
        if (!isAuto(way)) {
            return Recording.NONE;
        }
        BetaRule rule = rule(way);
        return rule == BetaRule.FEDGP_THRESH || rule == BetaRule.FEDGP_FILTERED ? Recording.FULL : Recording.LEAN;
    }

    /** What the server does in a round of a way that mixes. */
    public Round round(FederatedAlgorithm way) {
        Rule rule = way == FederatedAlgorithm.FEDDA
                ? new FedDa(alignFedda)
                : switch (projection) {
                    case EXACT -> new FedGp(filtered);
                    case COSINE_SCALED -> new CosineScaled();
                    case REVERSED -> new ReversedGp();
                };
        BetaSource betas = beta != null ? new BetaSource.Fixed(beta) : new BetaSource.Auto(rule(way), true);
        return new Round(new Aggregation(rule, granularity, batchNorm), betas, bySize);
    }
}
