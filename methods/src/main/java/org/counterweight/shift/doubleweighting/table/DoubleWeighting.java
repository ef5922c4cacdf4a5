package org.counterweight.shift.doubleweighting.table;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.doubleweighting.DoubleWeights;
import org.counterweight.shift.doubleweighting.DoubleWeights.Limits;
import org.counterweight.shift.doubleweighting.Kernel;
import org.counterweight.shift.doubleweighting.minimax.Expectations;
import org.counterweight.shift.doubleweighting.minimax.FeatureMap;
import org.counterweight.shift.doubleweighting.minimax.LabelEncoding;
import org.counterweight.shift.doubleweighting.minimax.MinimaxClassifier;
import org.counterweight.shift.doubleweighting.minimax.MinimaxLoss;
import org.counterweight.shift.doubleweighting.minimax.MinimaxRisk;

/**
 * Fits weights and classifier for one D or several.
 *
 * @param features g
 * @param encoding of labels
 * @param loss that is to be small
 * @param labels L
 * @param delta δ, the least confidence of each feature
 * @param lambda0 added to each element of λ
 */
public record DoubleWeighting(
        FeatureMap features, LabelEncoding encoding, MinimaxLoss loss, int labels, double delta, double lambda0) {

    /** The grid of D that is searched: 1 / (1 − k)² for k = 0, 0.1, …, 0.9. */
    public static List<Double> grid() {
        var grid = new ArrayList<Double>();
        for (int k = 10; k > 0; k--) {
            grid.add(100.0 / (k * k));
        }
        return List.copyOf(grid);
    }

    /**
     * Fits for one D.
     *
     * @param train {@code [n, d]}
     * @param y labels of the training rows from 0, {@code int64 [n]}
     * @param deployed {@code [t, d]}
     * @param weights of both tables
     */
    public DoubleFit fit(Tensor train, Tensor y, Tensor deployed, double d, DoubleWeights weights) {
        Tensor own = LabelEncoding.ofOwn(encoding.joint(features.of(train), labels), y);
        Tensor phi = encoding.joint(features.of(deployed), labels)
                .mul(weights.alpha().view(-1, 1, 1));
        Tensor tau = Expectations.tau(own, weights.beta());
        Expectations expectations = Expectations.around(tau, phi, delta);
        Tensor lambda = Tensors.plus(expectations.lambda(), lambda0);
        var risk = new MinimaxRisk(loss, phi, tau, lambda, null);
        return new DoubleFit(d, weights, expectations, MinimaxClassifier.learn(risk));
    }

    /**
     * Fits for several D, over the exact Gaussian kernel: the whole Gram matrix, {@code [n + t, n + t]}, is in memory.
     *
     * @param train {@code [n, d]}
     * @param y labels of the training rows from 0, {@code int64 [n]}
     * @param deployed {@code [t, d]}
     * @param sigma the kernel's width, above 0, in units of the features
     * @param b B, as {@link Limits} has it
     * @param epsilon ε, how far the mean weights of the two tables may be apart, in [0, 1]; NaN for the default
     * @param ds each D, at least 1
     */
    public List<DoubleFit> fit(
            Tensor train, Tensor y, Tensor deployed, double sigma, double b, double epsilon, List<Double> ds) {
        Tensor all = torch.cat(new TensorVector(train, deployed), 0);
        Tensor gram = Kernel.gram(all, all, sigma);
        var fits = new ArrayList<DoubleFit>();
        for (double d : ds) {
            DoubleWeights weights =
                    DoubleWeights.ofGram(gram, train.size(0), deployed.size(0), new Limits(d, b, epsilon));
            fits.add(fit(train, y, deployed, d, weights));
        }
        return List.copyOf(fits);
    }

    /** The place of the fit with the least R(U), the first of equals. */
    public static int selected(List<DoubleFit> fits) {
        int best = 0;
        for (int i = 1; i < fits.size(); i++) {
            if (fits.get(i).risk() < fits.get(best).risk()) {
                best = i;
            }
        }
        return best;
    }
}
