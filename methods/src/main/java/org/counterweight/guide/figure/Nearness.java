package org.counterweight.guide.figure;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;

/**
 * Precision and recall of samples: whether each lies as near to a real row as that row's k nearest lie to it, and the other way
 * round. T. Kynkäänniemi et al., "Improved Precision and Recall Metric for Assessing Generative Models", NeurIPS 2019,
 * equations 1 and 2.
 *
 * @param k how many neighbours; the paper has 3
 */
public record Nearness(int k) {
    public Nearness {
        if (k < 1) {
            throw new ConfigException("the number of nearest neighbours", k, "an integer of at least 1 (3 is usual)");
        }
    }

    /**
     * The share of rows of {@code x} that lie near rows of {@code y}: precision, where x are samples and y is real, and recall
     * where it is the other way round.
     *
     * @param x {@code [n, d]}
     * @param y {@code [m, d]}, m above k
     */
    public double share(Tensor x, Tensor y) {
        if (y.size(0) <= k) {
            throw new ConfigException(
                    "there are " + y.size(0) + " rows to be near to, and neighbours are " + k + "; give more rows");
        }
        Tensor own = torch.cdist(y, y);
        Tensor radii = new Tensor(torch.kthvalue(own, k + 1L, 1, false).get0()); // the nearest of all is the row itself
        Tensor near = torch.cdist(x, y).le(radii.unsqueeze(0)).any(1, false);
        return near.to(torch.ScalarType.Double).mean().item_double();
    }
}
