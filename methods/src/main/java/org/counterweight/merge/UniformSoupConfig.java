package org.counterweight.merge;

import java.util.Collection;
import org.counterweight.weights.Combiner;

/** {@link UniformSoup} has no settings. */
public record UniformSoupConfig() implements CombinerConfig {
    @Override
    public Combiner combiner(Collection<String> names) {
        return new UniformSoup();
    }
}
