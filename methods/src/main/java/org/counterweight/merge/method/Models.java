package org.counterweight.merge.method;

import org.counterweight.config.ConfigException;
import org.counterweight.merge.method.Takes.Base;

/**
 * What {@link Takes} says, asked.
 *
 * @param method its name, for messages
 */
public record Models(String method, Takes takes) {
    /** Those that the settings of a method name. */
    public static Models of(String method, Class<?> settings) {
        Takes takes = settings.getAnnotation(Takes.class);
        if (takes == null) {
            throw new IllegalArgumentException(settings.getName() + " has no @Takes");
        }
        return new Models(method, takes);
    }

    /** Whether there must be a base. */
    public boolean needBase() {
        return takes.base() == Base.REQUIRED;
    }

    /** Whether a base takes part. */
    public boolean useBase() {
        return takes.base() != Base.NONE;
    }

    /** Where the base stands among so many models in memory: in front, if there is one; −1 if there is none. */
    int base(int models) {
        return needBase() || (useBase() && models > takes.most()) ? 0 : -1;
    }

    /**
     * @param others how many models there are beside the base, or in all where there is none
     * @throws ConfigException if the method takes more or fewer
     */
    public void check(int others) {
        if (others < takes.least() || others > takes.most()) {
            String beside = useBase() ? " beside base_model" : "";
            throw new ConfigException(method + (takes.least() == takes.most() ? " takes exactly " : " needs at least ")
                    + counted(takes.least()) + beside + ", found " + others);
        }
    }

    private static String counted(int models) {
        return switch (models) {
            case 1 -> "one model";
            case 2 -> "two models";
            default -> models + " models";
        };
    }
}
