package org.counterweight.merge.soup;

import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.InGrammar;

/** What a merge file says about a {@link GreedySoup}: the rows that it is chosen by. What was chosen is averaged. */
@InGrammar(
        value = UniformSoupConfig.class,
        before = {"dev", "text", "label"})
@Example(where = "in a file for cw merge FILE OUT", value = """
        merge_method: greedy_soup
        models:
        - model: A
        - model: B
        parameters: {dev: dev.csv, label: label}
        """)
public record GreedySoupConfig(
        @Setting(value = "File with texts and their classes, held out", example = "\"dev.csv\"")
        String dev,

        @Setting(value = "Column of the texts", defaultsTo = "\"text\"")
        String text,

        @Setting(value = "Column of the classes", defaultsTo = "\"label\"")
        String label) {}
