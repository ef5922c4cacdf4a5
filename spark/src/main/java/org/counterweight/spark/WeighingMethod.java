package org.counterweight.spark;

import java.io.Serializable;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.shift.TableWeigherConfig;

/**
 * A weigher by its name and settings, which travel as text.
 *
 * @param name in the catalogue: {@code fair_correlation_shifts}
 * @param settings as in a recipe: {@code {corr: 0.1}}
 */
record WeighingMethod(String name, String settings) implements Serializable {
    private static final long serialVersionUID = 1;

    WeighingMethod {
        Method method = Catalogue.named(name, "method");
        if (!TableWeigherConfig.class.isAssignableFrom(method.config())) {
            throw new ConfigException("method", name, "a method that weighs tables, such as fair_correlation_shifts");
        }
    }

    TableWeigherConfig config() {
        Method method = Catalogue.named(name, "method");
        return (TableWeigherConfig) Configs.bind(Configs.yaml(settings, name), method.config(), name);
    }
}
