package org.counterweight.balance.loss;

import java.util.LinkedHashMap;
import java.util.Map;
import org.counterweight.config.Kinds;

/** The losses of the first stage by name. */
public final class FirstLosses implements Kinds<FirstLoss> {
    @Override
    public Class<FirstLoss> family() {
        return FirstLoss.class;
    }

    @Override
    public Map<String, Class<? extends FirstLoss>> kinds() {
        var kinds = new LinkedHashMap<String, Class<? extends FirstLoss>>();
        kinds.put("cross_entropy", PlainLoss.class);
        kinds.put("class_balanced", WeightedLoss.class);
        kinds.put("ldam", MarginLoss.class);
        kinds.put("dot_regression", DotRegression.class);
        kinds.put("neural_collapse", CollapseLoss.class);
        return kinds;
    }
}
