package org.counterweight.merge.soup;

import java.util.Collection;
import org.counterweight.config.Example;
import org.counterweight.merge.CombinerConfig;
import org.counterweight.weights.Combiner;

/** {@link UniformSoup} has no settings. */
@Example(where = "in a file for cw merge FILE OUT", value = """
        merge_method: linear
        models:
        - {model: A, parameters: {weight: 1}}
        - {model: B, parameters: {weight: 1}}
        """)
public record UniformSoupConfig() implements CombinerConfig {
    @Override
    public Combiner combiner(Collection<String> names) {
        return new UniformSoup();
    }
}
