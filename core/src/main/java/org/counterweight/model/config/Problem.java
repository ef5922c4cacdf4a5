package org.counterweight.model.config;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What the outputs of a head are, as {@code problem_type} in a {@code config.json} says, or a single output. */
public enum Problem {
    /** One of several classes. */
    CLASSES(null, "one class a text"),
    /** A score. */
    SCORE("regression", "a number a text"),
    /** Any number of several classes. */
    LABEL_SETS("multi_label_classification", "any number of classes a text");

    private static final String KEY = "problem_type";

    private final @Nullable String type;
    private final String told;

    Problem(@Nullable String type, String told) {
        this.type = type;
        this.told = told;
    }

    /** What is predicted for a text, in words. */
    public String ofAText() {
        return told;
    }

    /** What a config says; one output of a classifier that says nothing is a score. */
    public static Problem of(ObjectNode config) {
        String stated = config.path(KEY).asString("");
        return Arrays.stream(values())
                .filter(problem -> stated.equals(problem.type))
                .findFirst()
                .orElseGet(() -> Classes.haveOutputs(config)
                                && !Classes.areToldOfTokens(config)
                                && new ConfigJson(config).classes() == 1
                        ? SCORE
                        : CLASSES);
    }

    /** Says it in a config; one of several classes is what readers take it for anyway. */
    public void writeTo(ObjectNode config) {
        if (type == null) {
            config.remove(KEY);
        } else {
            config.put(KEY, type);
        }
    }
}
