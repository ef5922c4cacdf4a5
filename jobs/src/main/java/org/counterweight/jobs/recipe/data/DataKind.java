package org.counterweight.jobs.recipe.data;

import java.util.Locale;

/** What the rows of a run are, and so which settings say where they lie and how they are read. */
public enum DataKind {
    /** Texts, each a row. */
    TEXTS("texts", TextData.class),
    /** Texts that are read one after the other. */
    DOCUMENTS("texts", TextData.class),
    /** Sentences whose words have tags. */
    TOKENS("sentences", TokenData.class),
    /** Images: folders of pictures, idx files. */
    IMAGES("images", ImageData.class),
    /** Rows of numbers and categories. */
    TABLE("rows", TableData.class),
    /** Nodes of a graph. */
    GRAPH("nodes", GraphData.class);

    private final String rows;
    private final Class<? extends Record> settings;

    DataKind(String rows, Class<? extends Record> settings) {
        this.rows = rows;
        this.settings = settings;
    }

    /** What several of them are called. */
    public String rows() {
        return rows;
    }

    /** The record of its settings, a {@link DataConfig}. */
    public Class<? extends Record> settings() {
        return settings;
    }

    /** As it stands in recipes. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
