import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.shift.doubleweighting.Bandwidth;
import org.counterweight.shift.doubleweighting.DoubleWeights;
import org.counterweight.shift.measure.EffectiveSize;

final class Shift {
    /** Weights of training rows {@code [n, d]} for where rows are like {@code [t, d]}, both standardised, float64. */
    static DoubleWeights weigh(Tensor train, Tensor deployed) {
        double sigma = Bandwidth.KNN50_INCLUSIVE.of(torch.cat(new TensorVector(train, deployed), 0));
        var limits = new DoubleWeights.Limits(4, 1000, Double.NaN); // D, B, and epsilon at its default
        DoubleWeights weights = DoubleWeights.of(train, deployed, sigma, limits);
        System.out.println(weights.objective() + ", at most " + weights.gap() + " above the least; as much as "
                + EffectiveSize.of(weights.beta()) + " training rows");
        return weights;
    }
}
