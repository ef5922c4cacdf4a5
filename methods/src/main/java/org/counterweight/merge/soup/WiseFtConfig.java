package org.counterweight.merge.soup;

import java.util.Collection;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.merge.CombinerConfig;
import org.counterweight.weights.Combiner;

/** Settings of {@link WiseFt}. */
@Example(where = "in a file for cw merge FILE OUT", value = """
        merge_method: wise_ft
        base_model: BASE
        models:
        - model: TUNED
        parameters: {alpha: 0.5}
        """)
public record WiseFtConfig(
        @Setting(value = "Share of the fine-tuned model", defaultsTo = "0.5", range = "[0, 1]")
        double alpha) implements CombinerConfig {

    public WiseFtConfig {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new ConfigException("wise_ft.alpha", alpha, "a number in [0, 1]");
        }
    }

    @Override
    public Combiner combiner(Collection<String> names) {
        return new WiseFt(this);
    }
}
