package org.counterweight.merge.soup;

import java.util.Collection;
import org.counterweight.config.Example;
import org.counterweight.merge.CombinerConfig;
import org.counterweight.weights.Combiner;

/** {@link UniformSoup} has no settings. */
@Example(where = "in a file for cw merge FILE OUT", value = """
        merge_method: uniform_soup
        models:
        - model: A
        - model: B
        """)
public record UniformSoupConfig() implements CombinerConfig {
    @Override
    public Combiner combiner(Collection<String> names) {
        return new UniformSoup();
    }
}
