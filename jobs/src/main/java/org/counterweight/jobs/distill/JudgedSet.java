package org.counterweight.jobs.distill;

import java.util.List;
import org.counterweight.distill.settings.DistillationMethod;

/**
 * A set of images and what fresh networks learnt from it.
 *
 * @param way how the images came about
 * @param network what learnt from them: the sizes' type
 * @param rate the rate they learnt with
 * @param accuracies shares of right answers on the images to judge by, one a network
 */
public record JudgedSet(DistillationMethod way, String network, double rate, List<Double> accuracies) {
    public JudgedSet {
        accuracies = List.copyOf(accuracies);
    }

    public double mean() {
        return accuracies.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    /** The deviation of the networks among each other; 0 of one. */
    public double deviation() {
        double mean = mean();
        double squares =
                accuracies.stream().mapToDouble(a -> (a - mean) * (a - mean)).sum();
        return accuracies.size() < 2 ? 0 : Math.sqrt(squares / (accuracies.size() - 1));
    }
}
