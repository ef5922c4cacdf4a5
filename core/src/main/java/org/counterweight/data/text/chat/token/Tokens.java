package org.counterweight.data.text.chat.token;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.counterweight.data.text.chat.token.Token.Kind;
import org.counterweight.data.text.chat.value.TemplateException;
import org.jspecify.annotations.Nullable;

/** The words of one piece of code, read one after the other. */
public final class Tokens {
    private static final Pattern NUMBER = Pattern.compile("\\d[\\d_]*((\\.\\d[\\d_]*)?[eE][+-]?\\d+|\\.\\d[\\d_]*)?");
    private static final Pattern NAME = Pattern.compile("[\\p{IsAlphabetic}_][\\p{IsAlphabetic}\\p{IsDigit}_]*");
    private static final List<String> SIGNS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", "<", ">",
            "=", ".", ":", "|", ",");

    private final List<Token> tokens = new ArrayList<>();
    private int at;

    /** @throws TemplateException if there is a letter that has no meaning */
    public Tokens(String code) {
        int place = 0;
        while (place < code.length()) {
            char letter = code.charAt(place);
            if (Character.isWhitespace(letter)) {
                place++;
            } else if (letter == '\'' || letter == '"') {
                place = text(code, place);
            } else if (Character.isDigit(letter)) {
                place = number(code, place);
            } else {
                place = nameOrSign(code, place);
            }
        }
        tokens.add(new Token(Kind.END, ""));
    }

    private int nameOrSign(String code, int place) {
        Matcher name = NAME.matcher(code).region(place, code.length());
        if (name.lookingAt()) {
            tokens.add(new Token(Kind.NAME, name.group()));
            return name.end();
        }
        for (String sign : SIGNS) {
            if (code.startsWith(sign, place)) {
                tokens.add(new Token(Kind.SIGN, sign));
                return place + sign.length();
            }
        }
        throw new TemplateException("\"" + Character.toString(code.codePointAt(place)) + "\" has no meaning here");
    }

    private int number(String code, int place) {
        Matcher number = NUMBER.matcher(code).region(place, code.length());
        if (!number.lookingAt()) {
            throw new TemplateException("\"" + code.charAt(place) + "\" is no number that is known here");
        }
        boolean behindDot = !tokens.isEmpty() && tokens.get(tokens.size() - 1).is(Kind.SIGN, ".");
        String digits = behindDot ? number.group().split("[.eE]")[0] : number.group(); // a.0.1 is no fraction
        boolean whole = digits.matches("[\\d_]+");
        try {
            String plain = digits.replace("_", "");
            tokens.add(new Token(Kind.NUMBER, whole ? (Object) Long.valueOf(plain) : Double.valueOf(plain)));
        } catch (NumberFormatException e) {
            throw new TemplateException(digits + " is beyond 64 bits");
        }
        return place + digits.length();
    }

    private int text(String code, int open) {
        var text = new StringBuilder();
        int place = open + 1;
        while (place < code.length() && code.charAt(place) != code.charAt(open)) {
            char letter = code.charAt(place++);
            if (letter == '\\' && place < code.length()) {
                place = escaped(code, place, text);
            } else {
                text.append(letter);
            }
        }
        tokens.add(new Token(Kind.TEXT, text.toString()));
        return place + 1;
    }

    /** Python's escapes; a backslash before any other letter stays. */
    private static int escaped(String code, int place, StringBuilder text) {
        char letter = code.charAt(place);
        int digits = switch (letter) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            default -> 0;
        };
        if (digits > 0) {
            int end = place + 1 + digits;
            if (end > code.length() || !code.substring(place + 1, end).matches("[0-9a-fA-F]+")) {
                throw new TemplateException("\\" + letter + " wants " + digits + " hexadecimal digits");
            }
            int point = Integer.parseUnsignedInt(code.substring(place + 1, end), 16);
            if (!Character.isValidCodePoint(point)) {
                throw new TemplateException("\\" + letter + " names no letter");
            }
            text.appendCodePoint(point);
            return end;
        }
        switch (letter) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'f' -> text.append('\f');
            case 'b' -> text.append('\b');
            case 'v' -> text.append('\u000b');
            case 'a' -> text.append('\u0007');
            case '0' -> text.append('\0');
            case '\\', '\'', '"' -> text.append(letter);
            case '\n' -> {}
            default -> text.append('\\').append(letter);
        }
        return place + 1;
    }

    /** The next word, which stays. */
    public Token peek() {
        return tokens.get(at);
    }

    /** The word after the next. */
    public Token second() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    /** The next word, which is passed. */
    public Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    /** Goes past that sign, if it comes next. */
    public boolean skip(String sign) {
        return skip(Kind.SIGN, sign);
    }

    /** Goes past that word, if it comes next. */
    public boolean skipWord(String word) {
        return skip(Kind.NAME, word);
    }

    private boolean skip(Kind kind, String word) {
        boolean there = peek().is(kind, word);
        if (there) {
            next();
        }
        return there;
    }

    /** Whether that word comes next. */
    public boolean isWord(String word) {
        return peek().is(Kind.NAME, word);
    }

    /** Goes past that sign, which must come next. */
    public void expect(String sign) {
        if (!skip(sign)) {
            throw new TemplateException("\"" + sign + "\" is expected, and there is " + peek());
        }
    }

    /** The next word, which must be a name. */
    public String name() {
        Token token = next();
        if (token.kind() != Kind.NAME) {
            throw new TemplateException("a name is expected, and there is " + token);
        }
        return (String) token.value();
    }

    /** One of these signs, which is passed, or null. */
    public @Nullable String anyOf(List<String> signs) {
        Token token = peek();
        if (token.kind() == Kind.SIGN && signs.contains(token.value())) {
            next();
            return (String) token.value();
        }
        return null;
    }

    /** That nothing comes any more. */
    public void end() {
        if (peek().kind() != Kind.END) {
            throw new TemplateException("the end is expected, and there is " + peek());
        }
    }
}
