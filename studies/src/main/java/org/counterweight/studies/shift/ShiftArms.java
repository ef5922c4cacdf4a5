package org.counterweight.studies.shift;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.doubleweighting.Bandwidth;
import org.counterweight.shift.doubleweighting.DoubleWeights;
import org.counterweight.shift.doubleweighting.minimax.Expectations;
import org.counterweight.shift.doubleweighting.minimax.FeatureMap;
import org.counterweight.shift.doubleweighting.minimax.LabelEncoding;
import org.counterweight.shift.doubleweighting.minimax.MinimaxClassifier;
import org.counterweight.shift.doubleweighting.minimax.MinimaxLoss;
import org.counterweight.shift.doubleweighting.minimax.MinimaxRisk;
import org.counterweight.shift.doubleweighting.ratio.RelativeRatio;
import org.counterweight.shift.doubleweighting.table.DoubleFit;
import org.counterweight.shift.doubleweighting.table.DoubleWeighting;
import org.counterweight.shift.measure.EffectiveSize;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;

/**
 * The ways to learn under covariate shift that are compared: minimax risk classifiers of two classes with the 0-1 loss, over
 * weights of one side or of both.
 *
 * @param intercept whether the classifier sees a 1 before the features
 */
record ShiftArms(boolean intercept) {
    static final String NONE = "no adaptation";
    static final String MATCHING = "KMM, reweighted";
    static final String RATIO = "RuLSIF, reweighted";
    static final String ONE = "double weighting D = 1";
    static final String FOUR = "double weighting D = 4";
    static final String SELECTED = "double weighting, D selected";
    static final String ROBUST = "robust, D without end";
    static final List<String> ALL = List.of(NONE, MATCHING, RATIO, ONE, FOUR, SELECTED, ROBUST);

    static final Metric ERROR = Metric.lower("error", "error on the deployment", 3);
    static final Metric RISK = Metric.plain("risk", "R(U)", 3);
    static final Metric EFFECTIVE = Metric.plain("effective", "effective training rows", 1);

    private static final double B = 1000;
    private static final double DELTA = 1e-6;

    /** What the method of that name reaches on the deployment. */
    Measurement measured(String method, ShiftedRows data, double sigma) {
        return switch (method) {
            case NONE ->
                reweighted(
                        data,
                        torch.ones(
                                new long[] {data.train().size(0)}, data.train().options()));
            case MATCHING ->
                reweighted(
                        data,
                        DoubleWeights.of(
                                        data.train(),
                                        data.deployed(),
                                        sigma,
                                        new DoubleWeights.Limits(1, B, Double.NaN))
                                .beta());
            case RATIO -> reweighted(data, ratio(data));
            case ONE -> fitted(data, sigma, List.of(1.0));
            case FOUR -> fitted(data, sigma, List.of(4.0));
            case SELECTED -> fitted(data, sigma, DoubleWeighting.grid());
            default -> fitted(data, sigma, List.of(Double.POSITIVE_INFINITY));
        };
    }

    private static Tensor ratio(ShiftedRows data) {
        double sigma = Bandwidth.MEDIAN.of(data.both());
        return RelativeRatio.fit(data.train(), data.deployed(), data.deployed(), sigma, 0.5, 0.1)
                .at(data.train());
    }

    private DoubleWeighting method() {
        return new DoubleWeighting(
                FeatureMap.of(FeatureMap.Kind.LINEAR, intercept),
                LabelEncoding.ONEHOT,
                MinimaxLoss.ZERO_ONE,
                2,
                DELTA,
                0);
    }

    private Measurement fitted(ShiftedRows data, double sigma, List<Double> ds) {
        List<DoubleFit> fits = method().fit(data.train(), data.y(), data.deployed(), sigma, B, Double.NaN, ds);
        DoubleFit best = fits.get(DoubleWeighting.selected(fits));
        return measurement(
                data,
                best.classifier().mu(),
                best.risk(),
                EffectiveSize.of(best.weights().beta()));
    }

    /** The minimax classifier on weighted training rows. */
    private Measurement reweighted(ShiftedRows data, Tensor weights) {
        Tensor phi = LabelEncoding.ONEHOT.joint(method().features().of(data.train()), 2);
        Tensor tau = Expectations.tau(LabelEncoding.ofOwn(phi, data.y()), weights);
        Tensor lambda = torch.full_like(tau, Tensors.scalar(DELTA)); // the rows' own classes meet tau
        MinimaxClassifier found =
                MinimaxClassifier.learn(new MinimaxRisk(MinimaxLoss.ZERO_ONE, phi, tau, lambda, weights));
        return measurement(data, found.mu(), found.value(), EffectiveSize.of(weights));
    }

    private Measurement measurement(ShiftedRows data, Tensor mu, double risk, double effective) {
        Tensor joint = LabelEncoding.ONEHOT.joint(method().features().of(data.deployed()), 2);
        Tensor said = joint.matmul(mu).argmax(new LongOptional(1), false);
        double error = said.ne(data.truth()).to(ScalarType.Double).mean().item_double();
        return Measurement.of(Map.of(ERROR.key(), error, RISK.key(), risk, EFFECTIVE.key(), effective));
    }
}
