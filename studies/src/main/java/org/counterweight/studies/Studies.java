package org.counterweight.studies;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.studies.adapt.AdaLoraRanksStudy;
import org.counterweight.studies.adapt.BoneDigitsStudy;
import org.counterweight.studies.adapt.BoneSineStudy;
import org.counterweight.studies.adapt.BoraDigitsStudy;
import org.counterweight.studies.adapt.BoraTeacherStudy;
import org.counterweight.studies.adapt.CompacterDigitsStudy;
import org.counterweight.studies.adapt.SorsaDigitsStudy;
import org.counterweight.studies.classes.AligningClothesStudy;
import org.counterweight.studies.classes.AligningDigitsStudy;
import org.counterweight.studies.classes.AligningIntentsStudy;
import org.counterweight.studies.classes.BalanceClothesStudy;
import org.counterweight.studies.classes.BalanceDigitsStudy;
import org.counterweight.studies.classes.BalanceEmojiStudy;
import org.counterweight.studies.classes.BalanceNounsStudy;
import org.counterweight.studies.distill.DistillStudy;
import org.counterweight.studies.edit.GraceDigitsStudy;
import org.counterweight.studies.edit.GraceMailsStudy;
import org.counterweight.studies.federate.FedGpDigitsStudy;
import org.counterweight.studies.federate.FedGpEmojiStudy;
import org.counterweight.studies.fewgen.FewGenLanguageStudy;
import org.counterweight.studies.glosses.GlossRatesStudy;
import org.counterweight.studies.glosses.GlossStudy;
import org.counterweight.studies.graph.CitationsStudy;
import org.counterweight.studies.graph.CsbmStudy;
import org.counterweight.studies.graph.DictionariesStudy;
import org.counterweight.studies.guide.GuidanceDigitsStudy;
import org.counterweight.studies.guide.GuidanceMixturesStudy;
import org.counterweight.studies.merge.BgeIndexStudy;
import org.counterweight.studies.merge.BgeMergeStudy;
import org.counterweight.studies.merge.DawinDigitsStudy;
import org.counterweight.studies.merge.DawinTasksStudy;
import org.counterweight.studies.merge.ModelStockDigitsStudy;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.poison.AuditWordsStudy;
import org.counterweight.studies.poison.PoisonedWordsStudy;
import org.counterweight.studies.reparametrize.WeightCompanderClothesStudy;
import org.counterweight.studies.reparametrize.WeightCompanderDigitsStudy;
import org.counterweight.studies.reparametrize.WeightNormClothesStudy;
import org.counterweight.studies.reparametrize.WeightNormDigitsStudy;
import org.counterweight.studies.reparametrize.WeightNormRecurrentStudy;
import org.counterweight.studies.reweigh.ReweightingLanguageStudy;
import org.counterweight.studies.reweigh.ReweightingRegressionStudy;
import org.counterweight.studies.shift.AbLoopStudy;
import org.counterweight.studies.shift.DoubleWeightingStudy;
import org.counterweight.studies.shift.DoubleWeightingTablesStudy;
import org.counterweight.studies.shift.FairCorrelationStudy;
import org.counterweight.studies.shift.FairTablesStudy;
import org.counterweight.studies.update.BcwiDigitsStudy;
import org.counterweight.studies.update.BcwiMassiveStudy;
import org.counterweight.studies.update.GrowingIntentsStudy;

/** Every study, one line each. */
public final class Studies {
    private static final List<Study> ALL = List.of(
            new BoneDigitsStudy(),
            new BoneSineStudy(),
            new BoraTeacherStudy(),
            new BoraDigitsStudy(),
            new AdaLoraRanksStudy(),
            new SorsaDigitsStudy(),
            new CompacterDigitsStudy(),
            new WeightNormDigitsStudy(),
            WeightNormClothesStudy.onHoldings(),
            WeightNormRecurrentStudy.onHoldings(),
            new WeightCompanderDigitsStudy(),
            WeightCompanderClothesStudy.onHoldings(),
            new ModelStockDigitsStudy(),
            new BcwiDigitsStudy(false),
            new BcwiDigitsStudy(true),
            new DawinDigitsStudy(),
            new DawinTasksStudy(),
            new BalanceDigitsStudy(),
            BalanceClothesStudy.onHoldings(),
            BalanceEmojiStudy.onHoldings(),
            BalanceNounsStudy.onHoldings(),
            new AligningDigitsStudy(),
            AligningClothesStudy.onHoldings(),
            AligningIntentsStudy.onHoldings(),
            GrowingIntentsStudy.onHoldings(),
            new GraceDigitsStudy(),
            GraceMailsStudy.onHoldings(),
            new PoisonedWordsStudy(),
            new AuditWordsStudy(),
            DistillStudy.onDigits(),
            DistillStudy.onHolding("mnist"),
            DistillStudy.onHolding("fashion-mnist"),
            new FedGpDigitsStudy(),
            FedGpEmojiStudy.onHoldings(),
            new FewGenLanguageStudy(),
            BcwiMassiveStudy.onHoldings(),
            BgeMergeStudy.onHoldings(),
            BgeIndexStudy.onHoldings(),
            new ReweightingRegressionStudy(false),
            new ReweightingRegressionStudy(true),
            ReweightingLanguageStudy.onHoldings(),
            new DoubleWeightingStudy(),
            DoubleWeightingTablesStudy.onUsersTables(),
            new FairCorrelationStudy(),
            FairTablesStudy.onUsersTables(),
            FairTablesStudy.onHoldings(),
            new CsbmStudy(),
            CitationsStudy.onUsersGraph("cora"),
            CitationsStudy.onUsersGraph("citeseer"),
            DictionariesStudy.onHoldings(),
            new AbLoopStudy(),
            new GuidanceMixturesStudy(),
            new GuidanceDigitsStudy(),
            GlossRatesStudy.onHoldings(),
            GlossStudy.onHoldings());

    private Studies() {}

    public static List<Study> all() {
        return ALL;
    }

    /**
     * The studies of that name: the one with this slug, or all of a method.
     *
     * @throws ConfigException with the nearest name that exists
     */
    public static List<Study> named(String name) {
        return named(name, ALL);
    }

    static List<Study> named(String name, List<Study> from) {
        List<Study> found = from.stream()
                .filter(study -> study.plan().slug().equals(name)
                        || study.plan().method().equals(name))
                .toList();
        if (!found.isEmpty()) {
            return found;
        }
        Set<String> known = new LinkedHashSet<>();
        from.forEach(study -> {
            known.add(study.plan().method());
            known.add(study.plan().slug());
        });
        throw new ConfigException("there is no study \"" + name + "\"" + Nearest.hint(name, known, "Known:"));
    }
}
