package org.counterweight.train.measure;

import java.util.LinkedHashMap;
import java.util.Map;
import org.counterweight.config.Kinds;

/** The metrics by name, beside those that every evaluation has. */
public final class Metrics implements Kinds<MetricConfig> {
    @Override
    public Class<MetricConfig> family() {
        return MetricConfig.class;
    }

    @Override
    public Map<String, Class<? extends MetricConfig>> kinds() {
        var kinds = new LinkedHashMap<String, Class<? extends MetricConfig>>();
        kinds.put("balanced_accuracy", BalancedAccuracy.class);
        kinds.put("shot_accuracy", ShotAccuracy.class);
        return kinds;
    }
}
