package org.counterweight.shift.abtest.table;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Findings;
import org.counterweight.shift.Role;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.Side;
import org.counterweight.shift.Source;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.Weights;
import org.counterweight.shift.abtest.ArmWeights;
import org.jspecify.annotations.Nullable;

/** The records of an A/B test weighted for the model of each arm, from a log with a column of arms. */
record AbWeighted(AbWeightedConfig config) implements TableWeigher<ArmFit> {
    static final String TREATMENT = "weight_treatment";
    static final String CONTROL = "weight_control";

    @Override
    public ArmFit fit(Source source, @Nullable Source target, Seed seed) {
        Assignment assignment = source.fold(new Assignment.Logs());
        refuseFew("treatment", assignment.treated());
        refuseFew("control", assignment.controlled());
        var inputs = new ArmInputs(
                config.weightInputs() == AbWeightedConfig.Inputs.XY, config.holdout(), seed.child("holdout"));
        ArmModel model = ArmModels.fit(config, source, inputs, seed.child("model"));
        ArmSurvey.Sum found = source.fold(new ArmSurvey(
                model, inputs, config.p(), config.rule(), source.outcomes().size()));
        return new ArmFit(
                model,
                inputs,
                assignment,
                found.treated(),
                found.controlled(),
                found.judged(),
                found.treatment(),
                found.control(),
                found.clipped(),
                found.weighted(),
                source.outcomes());
    }

    private static void refuseFew(String arm, long records) {
        if (records < 2) {
            throw new ShiftException("the " + arm + " has " + records + (records == 1 ? " record" : " records")
                    + "; weights and an effect need at least two in each arm");
        }
    }

    @Override
    public List<String> columns(Side side) {
        return side == Side.SOURCE ? List.of(TREATMENT, CONTROL) : List.of();
    }

    @Override
    public Weights apply(ArmFit fitted, Side side, Chunk rows) {
        try (var scope = Scope.open()) {
            Tensor g = fitted.model().probabilities(fitted.inputs().of(rows));
            ArmWeights weights = ArmWeights.of(g, config.p(), config.rule());
            boolean self = config.normalize() == AbWeightedConfig.Normalization.SELF;
            Tensor treatment = self
                    ? Tensors.times(weights.treatment(), 1 / fitted.treatment().mean())
                    : weights.treatment();
            Tensor control =
                    self ? Tensors.times(weights.control(), 1 / fitted.control().mean()) : weights.control();
            double[] ofTreatment = Tensors.toDoubles(treatment);
            Map<String, double[]> columns = new LinkedHashMap<>();
            columns.put(TREATMENT, ofTreatment);
            columns.put(CONTROL, Tensors.toDoubles(control));
            return new Weights(columns, null, compared(rows, ofTreatment));
        }
    }

    /** All records against those of the treatment, which the weights are to make alike. */
    private static Weights.Compared compared(Chunk rows, double[] treatment) {
        double[] each = new double[rows.size()];
        Arrays.fill(each, 1);
        double[] arms = rows.values(Role.ARM);
        return new Weights.Compared(each, treatment, arms, arms);
    }

    @Override
    public Map<String, Tensor> state(ArmFit fitted) {
        return fitted.model().tensors();
    }

    @Override
    public Findings findings(ArmFit fitted) {
        return new ArmFindings(config, fitted).findings();
    }
}
