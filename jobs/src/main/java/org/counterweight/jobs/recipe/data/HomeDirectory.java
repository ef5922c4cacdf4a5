package org.counterweight.jobs.recipe;

import java.util.regex.Matcher;

/** The {@code ~} of shells, which they leave as it is in a file and after {@code --output=}. */
public final class HomeDirectory {
    private HomeDirectory() {}

    /** The path with the user's home directory in place of a {@code ~} at its beginning. */
    public static String expanded(String path) {
        return path.replaceFirst("^~(?=$|[/\\\\])", Matcher.quoteReplacement(System.getProperty("user.home")));
    }
}
