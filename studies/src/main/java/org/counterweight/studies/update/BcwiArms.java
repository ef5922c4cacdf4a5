package org.counterweight.studies.update;

import java.util.List;
import org.counterweight.studies.bed.classifier.Replacement;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Pick;

/** What the studies of BCWI have in common: the paper, and what its arms are called. */
final class BcwiArms {
    static final String PAPER =
            "R. Schumann et al., Backward Compatibility During Data Updates by Weight Interpolation, EACL 2024 (arXiv"
                    + " 2301.10546)";

    static final String OLD = "old model";
    static final String NEW = "new model";
    static final String PLAIN = "BCWI";
    static final String FISHER = "FisherBCWI";
    static final String ENSEMBLE = "ensemble of two";
    static final String DISTILLED = "distillation, all data";
    static final String EWC = "EWC";
    static final String L2 = "L2 to the old model";

    /** The setting of arms whose share or strength {@link Replacement#chosen the rule} chooses. */
    static final String RULE = "by rule";

    private BcwiArms() {}

    static Pick rule(String method) {
        return Pick.of(method, RULE);
    }

    /** Those of {@code picks} for which the rule chooses. */
    static List<Pick> ruled(List<Pick> picks) {
        return picks.stream().filter(pick -> RULE.equals(pick.setting())).toList();
    }

    /** A method at every share of the old model. */
    static List<Pick> trail(String method, List<Double> shares) {
        return shares.stream().map(share -> Knob.SHARE.at(method, share)).toList();
    }
}
