package org.counterweight.merge;

import java.util.Collection;
import org.counterweight.weights.Combiner;

/** The settings of a combiner: all that a recipe or a merge needs to know of a method. */
public interface CombinerConfig {
    /**
     * The combiner that these settings describe.
     *
     * @param names every tensor's name, for settings that depend on the depth of the network
     * @throws org.counterweight.config.ConfigException if the settings do not fit the names
     */
    Combiner combiner(Collection<String> names);
}
