package org.counterweight.jobs.dawin;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.predict.Classifiers;
import org.counterweight.merge.dynamic.DawinConfig;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a user says about a mixture. Null stands for what was not said.
 *
 * @param expertise what a model's say rests on, by the official script's name; of two models only
 * @param offset whether two models' coefficients are pulled to the set's share of entropy
 * @param clusters number of merged models; 0 for one a row
 * @param scale of task vectors
 * @param temperatures {@code fit}, one number for all models, or one each
 */
public record DawinSettings(
        @Nullable String expertise,
        boolean offset,
        @Nullable Integer clusters,
        @Nullable Double scale,
        List<String> temperatures,
        long seed) {
    private static final double USUAL_SCALE = 0.3;
    private static final String FIT = "fit";

    public DawinSettings {
        temperatures = List.copyOf(temperatures);
    }

    /** Whether temperatures are found on labelled rows. */
    boolean fitsTemperatures() {
        return temperatures.equals(List.of(FIT));
    }

    /** Refuses what does not go with these models and rows. */
    void check(List<Path> models, @Nullable Path base, DawinTexts texts) {
        if (models.size() < 2) {
            throw new ConfigException("dawin mixes two models or more, and " + models.get(0)
                    + " is one; name another that was fine-tuned from the same base");
        }
        if (models.size() > 2 && base == null) {
            throw new ConfigException(models.size() + " models are mixed as differences from what they were fine-tuned"
                    + " from; name it with --base");
        }
        if (base != null && expertise != null) {
            throw new ConfigException("--expertise is for two models without --base; leave one of them out");
        }
        if (base != null && !offset) {
            throw new ConfigException("--no-offset is for two models without --base, since with it there is none");
        }
        if (base == null && scale != null) {
            throw new ConfigException("--scale is that of differences from a base; name it with --base");
        }
        if (scale != null && !(scale > 0 && Double.isFinite(scale))) {
            throw new ConfigException("--scale", scale, "a number above 0; 0.3 is usual");
        }
        if (clusters != null && clusters < 0) {
            throw new ConfigException("--clusters", clusters, "an integer of at least 0 (3 is usual; 0: one a row)");
        }
        if (fitsTemperatures() != (texts.dev() != null)) {
            throw new ConfigException(
                    texts.dev() == null
                            ? "--temperature fit needs rows with labels, held out; name them with --dev"
                            : "--dev is what temperatures are fitted to; add --temperature fit");
        }
        if (!fitsTemperatures()) {
            numbers(models.size());
        }
        if (base == null && interpolation(List.of(1.0, 1.0)).expertise().usesLosses()) {
            if (texts.label() == null) {
                throw new ConfigException("--expertise: " + expertise
                        + " goes by the rows' true classes; name their column with --label, or take negexp_ent_ratio");
            }
            if (texts.reference() != null) {
                throw new ConfigException("--expertise: " + expertise
                        + " goes by the rows' true classes, and --reference has none; leave one of them out");
            }
        }
    }

    /** The temperature of each model, as it was said; 1 where nothing was. */
    List<Double> numbers(int models) {
        if (temperatures.isEmpty()) {
            return Collections.nCopies(models, 1.0);
        }
        List<Double> numbers =
                temperatures.stream().map(DawinSettings::temperature).toList();
        if (numbers.size() == 1) {
            return Collections.nCopies(models, numbers.get(0));
        }
        if (numbers.size() != models) {
            throw new ConfigException(
                    "--temperature", temperatures, "one number, or one for each of the " + models + " models, or fit");
        }
        return numbers;
    }

    private static double temperature(String text) {
        try {
            double value = Double.parseDouble(text.strip());
            if (value > 0 && Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new ConfigException("--temperature", text, "fit, or numbers above 0");
        }
        throw new ConfigException("--temperature", text, "fit, or numbers above 0");
    }

    /** Of two models. */
    DawinConfig interpolation(List<Double> found) {
        ObjectNode tree = Configs.tree(Configs.defaults(DawinConfig.class));
        tree.put("offset_adjustment", offset);
        tree.set("temperatures", Configs.JSON.valueToTree(found));
        if (expertise != null) {
            tree.put("expertise", expertise);
        }
        if (clusters != null) {
            tree.put("bmm_ncluster", clusters);
        }
        return Configs.bind(tree, DawinConfig.class, "");
    }

    /** How these models are mixed. */
    Mixing mixing(Classifiers parents, List<Double> found) {
        var weights = parents.all().stream().map(Classifiers.One::weights).toList();
        var random = new Seed(seed);
        if (parents.origin() == null) {
            return new Interpolation(interpolation(found), random, weights.get(0), weights.get(1));
        }
        return new TaskVectors(
                scale == null ? USUAL_SCALE : scale,
                clusters == null ? 1 : clusters,
                found,
                random,
                parents.origin(),
                weights);
    }
}
