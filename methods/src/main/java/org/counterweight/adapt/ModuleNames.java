package org.counterweight.adapt;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.counterweight.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * A set of module names as PEFT writes it: a list of names or dotted endings of names, or one regular expression that must
 * match the whole name.
 *
 * @param names the list, if it is one
 * @param regex the expression, if it is one
 */
public record ModuleNames(
        @Nullable List<String> names, @Nullable Pattern regex) {
    private static final Pattern NAMED_GROUP = Pattern.compile("\\(\\?P<\\w+>");

    public ModuleNames {
        if ((names == null) == (regex == null)) {
            throw new IllegalArgumentException("either a list or an expression");
        }
        names = names == null ? null : List.copyOf(names);
    }

    public static ModuleNames list(List<String> names) {
        return new ModuleNames(names, null);
    }

    /**
     * @param field where it stands, for the message
     * @throws ConfigException if the expression is not well formed
     */
    public static ModuleNames regex(String expression, String field) {
        try {
            return new ModuleNames(null, pattern(expression));
        } catch (PatternSyntaxException e) {
            throw new ConfigException(field, expression, "a regular expression (" + e.getDescription() + ")");
        }
    }

    /**
     * An expression of Python's: its groups may have names, which say nothing here.
     *
     * @throws PatternSyntaxException if it is not well formed
     */
    public static Pattern pattern(String expression) {
        return Pattern.compile(NAMED_GROUP.matcher(expression).replaceAll("("));
    }

    public boolean isList() {
        return names != null;
    }

    /** The entries of the list; of an expression, the expression itself. */
    public List<String> entries() {
        return names != null ? names : List.of(String.valueOf(regex));
    }

    /** Whether the name is an entry, or ends with one at a dot; or whether the expression matches all of it. */
    public boolean matches(String module) {
        if (regex != null) {
            return regex.matcher(module).matches();
        }
        return entries().stream().anyMatch(entry -> matches(entry, module));
    }

    /** Whether the name is an entry of the list, in full. */
    boolean containsExactly(String module) {
        return names != null && names.contains(module);
    }

    public static boolean matches(String entry, String module) {
        return module.equals(entry) || module.endsWith("." + entry);
    }
}
