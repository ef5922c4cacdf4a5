package org.counterweight.fewgen.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;

/**
 * A text or a pair of sentences within words and special tokens, one of which is the mask: {@code *cls**sent_0*_It_was*mask*.*sep+*}.
 * What stands between two stars is a variable, the rest are words, with {@code _} for a blank. Variables are {@code cls}, {@code mask},
 * {@code sep}, {@code sep+} (after which the next segment begins) and the sentences {@code sent_0} and {@code sent_1}:
 *
 * <ul>
 *   <li>{@code +sent_1} with a blank before it,
 *   <li>{@code sentl_1} and {@code sentu_1} with its first letter in lower and upper case,
 *   <li>{@code sent-_0} without its last character.
 * </ul>
 *
 * @param parts in their order
 */
record PromptTemplate(List<Part> parts) {
    private static final String FIELD = "template";
    private static final Pattern SENTENCE = Pattern.compile("(\\+?)sent([lu]?)(-?)_([01])");
    private static final List<String> KNOWN = List.of(
            "cls", "mask", "sep", "sep+", "sent_0", "sent_1", "+sent_1", "sentl_1", "+sentl_1", "sentu_0", "sent-_0");

    /** What stands at one place. */
    sealed interface Part permits Special, Words, Sentence {}

    /** A token of the vocabulary's own. */
    enum Special implements Part {
        CLS,
        MASK,
        SEP,
        /** The same; what follows is of the next segment. */
        SEP_AND_NEXT
    }

    /** Words as they are. */
    record Words(String text) implements Part {}

    /** How a sentence's first letter is written. */
    enum First {
        AS_IT_IS,
        LOWER,
        UPPER
    }

    /**
     * The text, or one of a pair.
     *
     * @param number 0 for the first
     * @param apart whether a blank stands before it
     * @param cut whether its last character is left out
     */
    record Sentence(int number, boolean apart, First first, boolean cut) implements Part {
        /** The sentence as it stands in the template. */
        String of(String text) {
            String begun = switch (first) {
                case AS_IT_IS -> text;
                case LOWER -> beginning(text).toLowerCase(Locale.ROOT) + rest(text);
                case UPPER -> beginning(text).toUpperCase(Locale.ROOT) + rest(text);
            };
            String kept =
                    cut && !begun.isEmpty() ? begun.substring(0, begun.offsetByCodePoints(begun.length(), -1)) : begun;
            return apart ? " " + kept : kept;
        }

        private static String beginning(String text) {
            return text.substring(0, text.isEmpty() ? 0 : text.offsetByCodePoints(0, 1));
        }

        private static String rest(String text) {
            return text.substring(beginning(text).length());
        }
    }

    PromptTemplate {
        parts = List.copyOf(parts);
    }

    /** @throws ConfigException naming what is no variable, missing, or given twice */
    static PromptTemplate parse(String text) {
        String[] pieces = text.split("\\*", -1);
        if (pieces.length % 2 == 0) {
            throw new ConfigException(FIELD, text, "an even number of stars, one before and one behind each variable");
        }
        var parts = new ArrayList<Part>();
        for (int i = 0; i < pieces.length; i++) {
            if (i % 2 == 1) {
                parts.add(variable(pieces[i]));
            } else if (!pieces[i].isEmpty()) {
                parts.add(new Words(pieces[i].replace('_', ' ')));
            }
        }
        var template = new PromptTemplate(parts);
        template.requireOnce(text, "mask", Special.MASK::equals, true);
        template.requireOnce(text, "sent_0", part -> isSentence(part, 0), true);
        template.requireOnce(text, "sent_1", part -> isSentence(part, 1), false);
        return template;
    }

    private static Part variable(String name) {
        Matcher sentence = SENTENCE.matcher(name);
        if (sentence.matches()) {
            First first = switch (sentence.group(2)) {
                case "l" -> First.LOWER;
                case "u" -> First.UPPER;
                default -> First.AS_IT_IS;
            };
            return new Sentence(
                    Integer.parseInt(sentence.group(4)),
                    !sentence.group(1).isEmpty(),
                    first,
                    !sentence.group(3).isEmpty());
        }
        return switch (name) {
            case "cls" -> Special.CLS;
            case "mask" -> Special.MASK;
            case "sep" -> Special.SEP;
            case "sep+" -> Special.SEP_AND_NEXT;
            default ->
                throw new ConfigException(FIELD + ": *" + name + "* is unknown"
                        + (name.startsWith("label")
                                ? "; demonstrations with their labels are not read here, leave them out"
                                : Nearest.hint(name, KNOWN, "Known:")));
        };
    }

    private void requireOnce(String text, String name, Predicate<Part> which, boolean needed) {
        long times = parts.stream().filter(which).count();
        if (times > 1 || (needed && times == 0)) {
            throw new ConfigException(
                    FIELD,
                    text,
                    "*" + name + "* once" + (times == 0 ? "; it is missing" : ", not " + times + " times"));
        }
    }

    private static boolean isSentence(Part part, int number) {
        return part instanceof Sentence sentence && sentence.number() == number;
    }

    /** Whether it reads two sentences. */
    boolean readsPairs() {
        return parts.stream().anyMatch(part -> isSentence(part, 1));
    }
}
