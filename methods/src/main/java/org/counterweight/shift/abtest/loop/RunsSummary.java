package org.counterweight.shift.abtest.loop;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How an estimator fares over many runs, by metric.
 *
 * @param bias mean estimate less the truth, {@code [m]}
 * @param std of the estimates, with n − 1, {@code [m]}
 * @param mse mean squared distance from the truth, {@code [m]}
 * @param coverage share of runs whose interval holds the truth, {@code [m]}
 * @param rejections share of runs whose interval leaves out 0, {@code [m]}: in A/A tests the error of the first kind
 */
public record RunsSummary(Tensor bias, Tensor std, Tensor mse, Tensor coverage, Tensor rejections) {
    /**
     * Of runs.
     *
     * @param estimates {@code [runs, m]}
     * @param errors standard errors, {@code [runs, m]}
     * @param truth {@code [m]}
     * @param confidence of the intervals, which are normal ones
     */
    public static RunsSummary of(Tensor estimates, Tensor errors, Tensor truth, double confidence) {
        double quantile = torch.special_ndtri(doubles(new double[] {(1 + confidence) / 2}))
                .item_double();
        Tensor reach = times(errors, quantile);
        Tensor away = estimates.sub(truth);
        return new RunsSummary(
                mean(estimates, false, 0).sub(truth),
                mean(estimates.sub(mean(estimates, true, 0)).square(), false, 0)
                        .mul(scalar(estimates.size(0) / (estimates.size(0) - 1.0)))
                        .sqrt(),
                mean(away.square(), false, 0),
                mean(away.abs().le(reach).to(ScalarType.Double), false, 0),
                mean(estimates.abs().gt(reach).to(ScalarType.Double), false, 0));
    }
}
