package org.counterweight.jobs.data.targets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.counterweight.config.Configs;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The classes of one row as they are written in one cell: a list of JSON, {@code ["joy", "fear"]}, the same as Python or
 * DuckDB write it, {@code ['joy', 'fear']} and {@code [joy, fear]}, or joined by {@code |}, {@code ;} or {@code ,}.
 */
public final class LabelList {
    private static final Pattern BRACKETS = Pattern.compile("(?s)\\s*[\\[({](.*)[\\])}]\\s*");
    private static final Pattern BETWEEN = Pattern.compile("\\h*[|;,]\\h*");
    private static final Pattern QUOTED = Pattern.compile("'(.*)'|\"(.*)\"");

    private LabelList() {}

    /** The names, each once, in their order; none of an empty text. */
    public static List<String> of(String written) {
        String text = written.strip();
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> json = json(text);
        if (json != null) {
            return json;
        }
        Matcher list = BRACKETS.matcher(text);
        return Arrays.stream(BETWEEN.split(list.matches() ? list.group(1).strip() : text))
                .map(LabelList::unquoted)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    private static @org.jspecify.annotations.Nullable List<String> json(String text) {
        if (!text.startsWith("[")) {
            return null;
        }
        try {
            var names = new ArrayList<String>();
            for (JsonNode name : Configs.JSON.readTree(text)) {
                if (!name.isNull()) {
                    names.add(name.asString());
                }
            }
            return names.stream().distinct().toList();
        } catch (JacksonException e) {
            return null; // another way to write a list
        }
    }

    private static String unquoted(String name) {
        Matcher quoted = QUOTED.matcher(name.strip());
        if (!quoted.matches()) {
            return name.strip();
        }
        return quoted.group(1) != null ? quoted.group(1) : quoted.group(2);
    }
}
