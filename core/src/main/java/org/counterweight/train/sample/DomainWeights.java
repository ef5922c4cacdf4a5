package org.counterweight.train.sample;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.config.Setting;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Seed;

/**
 * Domains of texts come in given proportions, whatever their sizes: each row of an epoch is of a domain drawn by its weight, and
 * a domain's rows come in random order, all of them before any comes again. An epoch has as many rows as the data.
 *
 * <p>So are the domain weights of DoReMi used (S. M. Xie et al., "DoReMi: Optimizing Data Mixtures Speeds Up Language Model
 * Pretraining", NeurIPS 2023, section 2, step 3).
 */
public record DomainWeights(
        @Setting(
                value = "Weight of each domain, by its name; those without one are not drawn",
                example = "{\"novels\": 2, \"manuals\": 1}")
        Map<String, Double> weights)
        implements SamplerConfig {
    public DomainWeights {
        weights = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(weights));
        weights.forEach((name, weight) -> {
            if (!(weight >= 0) || Double.isInfinite(weight)) {
                throw new ConfigException("train.sampler.weights." + name, weight, "a number of at least 0");
            }
        });
        if (weights.values().stream().noneMatch(weight -> weight > 0)) {
            throw new ConfigException("train.sampler.weights", weights, "at least one domain with a weight above 0");
        }
    }

    @Override
    public boolean needsClasses() {
        return false;
    }

    @Override
    public Sampler create(Dataset data, Batching batching, Seed seed) {
        List<String> domains = data.domains();
        if (domains.size() < 2) {
            throw new ConfigException(
                    "train.sampler: domains draws by domains, and these rows have none; name their column"
                            + " (data.columns.group), or leave it out");
        }
        weights.keySet().forEach(name -> {
            if (!domains.contains(name)) {
                throw new ConfigException("train.sampler.weights: \"" + name + "\" is no domain of these rows"
                        + Nearest.hint(name, domains, "There are"));
            }
        });
        int[] ofRows = IntStream.range(0, data.size()).map(data::domain).toArray();
        double[] counted = new double[domains.size()];
        for (int i = 0; i < counted.length; i++) {
            int domain = i;
            counted[i] = weights.getOrDefault(domains.get(i), 0.0);
            if (counted[i] > 0 && IntStream.of(ofRows).noneMatch(of -> of == domain)) {
                throw new ConfigException("train.sampler.weights: the texts of \"" + domains.get(i)
                        + "\" are too few for one row; give more, or leave it out");
            }
        }
        return new DomainDraws(data, batching, seed, counted, ofRows);
    }
}
