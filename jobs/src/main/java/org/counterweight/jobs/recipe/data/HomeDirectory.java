package org.counterweight.jobs.recipe.data;

import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** The {@code ~} of shells, which they leave as it is in a file and after {@code --output=}. */
public final class HomeDirectory {
    private HomeDirectory() {}

    /** The path with the user's home directory in place of a {@code ~} at its beginning. */
    public static String expanded(String path) {
        return path.replaceFirst("^~(?=$|[/\\\\])", Matcher.quoteReplacement(System.getProperty("user.home")));
    }

    /** The same of a path that need not be there. */
    public static @Nullable String expandedOrNull(@Nullable String path) {
        return path == null ? null : expanded(path);
    }
}
