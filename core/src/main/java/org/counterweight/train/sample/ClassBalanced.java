package org.counterweight.train.sample;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Seed;

/**
 * Rows of rare classes come more often: a class is drawn in proportion to the power q of its number of rows n, then one of
 * its rows, with replacement: p_c = n_c^q / Σ n_k^q. An epoch has as many rows as the data.
 *
 * <p>B. Kang et al., "Decoupling Representation and Classifier for Long-Tailed Recognition", ICLR 2020, section 3.
 */
public record ClassBalanced(
        @Setting(
                value = "How much a class's number of rows counts: 0 not at all, 0.5 its square root, 1 in full",
                defaultsTo = "0.0",
                range = "[0, 1]; 0 or 0.5 is usual")
        double power)
        implements SamplerConfig {
    public ClassBalanced {
        Checks.ranges(ClassBalanced.class, "train.sampler", power);
    }

    @Override
    public Sampler create(Dataset data, Batching batching, Seed seed) {
        if (data instanceof LabelledDataset labelled) {
            return new ClassDraws(labelled, batching, seed, power);
        }
        throw new ConfigException(
                "train.sampler: class_balanced draws classes, and these rows have none; leave it out");
    }
}
