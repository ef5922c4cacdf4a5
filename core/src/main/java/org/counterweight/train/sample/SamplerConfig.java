package org.counterweight.train.sample;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Seed;

/** The settings of a sampler: in a recipe {@code train.sampler}, by the names that {@link Samplers} lists. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public interface SamplerConfig {
    /** Whether it goes by classes: then the rows must be a {@link LabelledDataset}. */
    default boolean needsClasses() {
        return true;
    }

    /**
     * A sampler at the start of its memory.
     *
     * @param data the rows to learn from
     * @param seed of every draw
     * @throws org.counterweight.config.ConfigException if the rows have no classes and it needs them
     */
    Sampler create(Dataset data, Batching batching, Seed seed);
}
