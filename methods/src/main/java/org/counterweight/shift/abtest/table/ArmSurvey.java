package org.counterweight.shift.abtest.table;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Role;
import org.counterweight.shift.Sums;
import org.counterweight.shift.abtest.ArmSums;
import org.counterweight.shift.abtest.ArmWeights;
import org.counterweight.shift.measure.WeightHistogram;

/**
 * One pass over a log with its weight model: outcomes of each arm, weights, calibration.
 *
 * @param outcomes how many there are
 */
record ArmSurvey(ArmModel model, ArmInputs inputs, double p, ArmWeights.Rule rule, int outcomes)
        implements Sums<ArmSurvey.Sum, ArmSurvey.Sum> {
    /**
     * What is summed.
     *
     * @param clipped records whose probability was moved into the bounds
     * @param weighted moments of the outcomes of all records, weighted for each arm
     */
    record Sum(
            ArmSums treated,
            ArmSums controlled,
            ArmCalibration judged,
            WeightHistogram treatment,
            WeightHistogram control,
            long clipped,
            WeightedMeans weighted)
            implements Serializable {}

    @Override
    public Sum zero() {
        return new Sum(
                ArmSums.none(outcomes),
                ArmSums.none(outcomes),
                ArmCalibration.none(),
                WeightHistogram.NONE,
                WeightHistogram.NONE,
                0,
                WeightedMeans.none(outcomes));
    }

    @Override
    public Sum add(Sum sum, Chunk rows) {
        Tensor z = rows.tensor(Role.ARM);
        Tensor g = model.probabilities(inputs.of(rows));
        ArmWeights weights = ArmWeights.of(g, p, rule);
        double[] said = Tensors.toDoubles(g);
        double[] arms = rows.values(Role.ARM);
        boolean all = inputs.holdout() == 0;
        int[] judged = IntStream.range(0, rows.size())
                .filter(i -> all || inputs.isHeldOut(rows.ids()[i]))
                .toArray();
        return join(
                sum,
                new Sum(
                        ofArm(rows.outcomes(), z.gt(Tensors.scalar(0))),
                        ofArm(rows.outcomes(), z.le(Tensors.scalar(0))),
                        ArmCalibration.of(
                                IntStream.of(judged).mapToDouble(i -> said[i]).toArray(),
                                IntStream.of(judged).mapToDouble(i -> arms[i]).toArray()),
                        WeightHistogram.of(Tensors.toDoubles(weights.treatment())),
                        WeightHistogram.of(Tensors.toDoubles(weights.control())),
                        clipped(said),
                        WeightedMeans.of(rows.outcomes(), weights)));
    }

    private long clipped(double... said) {
        double[] clip = rule.clip();
        return clip == null
                ? 0
                : Arrays.stream(said).filter(g -> g < clip[0] || g > clip[1]).count();
    }

    private static ArmSums ofArm(Tensor outcomes, Tensor isIn) {
        return ArmSums.of(outcomes.index_select(0, isIn.nonzero().squeeze(1)));
    }

    @Override
    public Sum join(Sum one, Sum other) {
        return new Sum(
                one.treated.plus(other.treated),
                one.controlled.plus(other.controlled),
                one.judged.plus(other.judged),
                one.treatment.plus(other.treatment),
                one.control.plus(other.control),
                one.clipped + other.clipped,
                one.weighted.plus(other.weighted));
    }

    @Override
    public Sum result(Sum sum) {
        return sum;
    }
}
