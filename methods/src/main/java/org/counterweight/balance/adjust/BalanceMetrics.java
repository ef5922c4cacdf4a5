package org.counterweight.balance.adjust;

import java.util.Map;
import org.counterweight.config.Kinds;
import org.counterweight.train.measure.MetricConfig;

/** The metric that Weight Balancing adds to those of every run. */
public final class BalanceMetrics implements Kinds<MetricConfig> {
    @Override
    public Class<MetricConfig> family() {
        return MetricConfig.class;
    }

    @Override
    public Map<String, Class<? extends MetricConfig>> kinds() {
        return Map.of("adjusted_accuracy", AdjustedAccuracy.class);
    }
}
