package org.counterweight.train.sample;

import java.util.Map;
import org.counterweight.config.Kinds;

/** The samplers by name. */
public final class Samplers implements Kinds<SamplerConfig> {
    @Override
    public Class<SamplerConfig> family() {
        return SamplerConfig.class;
    }

    @Override
    public Map<String, Class<? extends SamplerConfig>> kinds() {
        return Map.of("class_balanced", ClassBalanced.class, "domains", DomainWeights.class);
    }
}
