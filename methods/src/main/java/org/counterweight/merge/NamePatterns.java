package org.counterweight.merge;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names of tensors, chosen by patterns: a whole name or a dotted ending of one, in which {@code *} stands for any text.
 * {@code ln_final.*} chooses {@code model.ln_final.weight}.
 */
public final class NamePatterns {
    private final List<Pattern> patterns;

    public NamePatterns(List<String> patterns) {
        this.patterns = patterns.stream().map(NamePatterns::compiled).toList();
    }

    private static Pattern compiled(String pattern) {
        String body = Pattern.compile("\\*")
                .splitAsStream(pattern + " ") // the blank keeps a trailing star from being dropped by the split
                .map(part -> Pattern.quote(part.stripTrailing()))
                .collect(Collectors.joining(".*"));
        return Pattern.compile("(.*\\.)?" + body);
    }

    public boolean choose(String name) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }
}
