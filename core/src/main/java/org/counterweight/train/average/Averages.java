package org.counterweight.train.average;

import java.util.Map;
import org.counterweight.config.Kinds;

/** The running averages by name. */
public final class Averages implements Kinds<AverageConfig> {
    @Override
    public Class<AverageConfig> family() {
        return AverageConfig.class;
    }

    @Override
    public Map<String, Class<? extends AverageConfig>> kinds() {
        return Map.of("ema", Ema.class);
    }
}
