package org.counterweight.fewgen.catalogue;

import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.fewgen.TuneConfig;
import org.counterweight.fewgen.classify.LearnConfig;
import org.counterweight.fewgen.generate.WriteConfig;

/** Settings of FewGen: prefixes are tuned, texts written, a classifier learns. */
@Example(where = "a command", value = "./cw generate fewgen.yaml --output OUT")
public record FewGenConfig(
        @Setting(value = "How the prefixes of labels are tuned on the few examples", defaultsTo = "{}")
        TuneConfig tune,

        @Setting(value = "How many texts are written, and of which tokens", defaultsTo = "{}")
        WriteConfig write,

        @Setting(value = "How the classifier learns", defaultsTo = "{}")
        LearnConfig learn,

        @Setting(value = "Seed of every random number", defaultsTo = "13")
        long seed) {}
