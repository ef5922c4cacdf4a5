package org.counterweight.data.text.chat.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.data.text.chat.template.Expression.Given;
import org.counterweight.data.text.chat.token.Token;
import org.counterweight.data.text.chat.token.Token.Kind;
import org.counterweight.data.text.chat.token.Tokens;
import org.counterweight.data.text.chat.value.None;
import org.counterweight.data.text.chat.value.TemplateException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what operators stand between: names, literals, lists, maps and what is in brackets, each with the members, items and
 * calls behind it.
 *
 * @param whole reads what is inside of these
 */
record OperandParser(Tokens tokens, ExpressionParser whole) {
    private static final Map<String, Object> CONSTANTS =
            Map.of("true", true, "True", true, "false", false, "False", false, "none", None.NONE, "None", None.NONE);

    /** Whether one begins here. */
    boolean begins() {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case TEXT, NUMBER -> true;
            case NAME -> !List.of("else", "or", "and", "is", "if", "in", "not").contains(token.value());
            case SIGN -> token.value().equals("[") || token.value().equals("{");
            case END -> false;
        };
    }

    private Expression primary() {
        Token token = tokens.next();
        switch (token.kind()) {
            case NAME:
                Object constant = CONSTANTS.get(token.value());
                return constant == null
                        ? new Expression.Named((String) token.value())
                        : new Expression.Literal(constant);
            case NUMBER:
                return new Expression.Literal(token.value());
            case TEXT:
                var text = new StringBuilder((String) token.value());
                while (tokens.peek().kind() == Kind.TEXT) {
                    text.append(tokens.next().value());
                }
                return new Expression.Literal(text.toString());
            default:
                break;
        }
        if (token.is(Kind.SIGN, "(")) {
            return bracketed();
        }
        if (token.is(Kind.SIGN, "[")) {
            return new Expression.Listed(elements("]"), false);
        }
        if (token.is(Kind.SIGN, "{")) {
            return map();
        }
        throw new TemplateException("a value is expected, and there is " + token);
    }

    private Expression bracketed() {
        if (tokens.skip(")")) {
            return new Expression.Listed(List.of(), true);
        }
        Expression first = whole.expression();
        if (tokens.skip(")")) {
            return first;
        }
        tokens.expect(",");
        var all = new ArrayList<>(List.of(first));
        all.addAll(elements(")"));
        return new Expression.Listed(all, true);
    }

    private List<Expression> elements(String end) {
        var elements = new ArrayList<Expression>();
        while (!tokens.skip(end)) {
            if (!elements.isEmpty()) {
                tokens.expect(",");
                if (tokens.skip(end)) {
                    break;
                }
            }
            elements.add(whole.expression());
        }
        return elements;
    }

    private Expression map() {
        var keys = new ArrayList<Expression>();
        var values = new ArrayList<Expression>();
        while (!tokens.skip("}")) {
            if (!keys.isEmpty()) {
                tokens.expect(",");
                if (tokens.skip("}")) {
                    break;
                }
            }
            keys.add(whole.expression());
            tokens.expect(":");
            values.add(whole.expression());
        }
        return new Expression.Mapped(keys, values);
    }

    /** One, with all that stands behind it without a blank of meaning: members, items, calls. */
    Expression operand() {
        Expression all = primary();
        while (true) {
            if (tokens.skip(".")) {
                Token token = tokens.next();
                all = switch (token.kind()) {
                    case NAME -> new Expression.Member(all, (String) token.value());
                    case NUMBER -> new Expression.Item(all, new Expression.Literal(token.value()));
                    default -> throw new TemplateException("a name is expected behind the dot, and there is " + token);
                };
            } else if (tokens.skip("[")) {
                all = item(all);
            } else if (tokens.skip("(")) {
                all = new Expression.Call(all, given());
            } else {
                return all;
            }
        }
    }

    private Expression item(Expression of) {
        Expression first = tokens.peek().is(Kind.SIGN, ":") ? null : whole.expression();
        if (tokens.skip("]") && first != null) {
            return new Expression.Item(of, first);
        }
        tokens.expect(":");
        Expression to = part();
        Expression step = tokens.skip(":") ? part() : null;
        tokens.expect("]");
        return new Expression.Slice(of, first, to, step);
    }

    private @Nullable Expression part() {
        return tokens.peek().is(Kind.SIGN, ":") || tokens.peek().is(Kind.SIGN, "]") ? null : whole.expression();
    }

    /** The arguments of a call, behind its opening bracket. */
    Given given() {
        var placed = new ArrayList<Expression>();
        var named = new LinkedHashMap<String, Expression>();
        while (!tokens.skip(")")) {
            if (placed.size() + named.size() > 0) {
                tokens.expect(",");
                if (tokens.skip(")")) {
                    break;
                }
            }
            if (tokens.peek().kind() == Kind.NAME && tokens.second().is(Kind.SIGN, "=")) {
                String name = tokens.name();
                tokens.expect("=");
                named.put(name, whole.expression());
            } else if (named.isEmpty()) {
                placed.add(whole.expression());
            } else {
                throw new TemplateException("an argument without a name stands behind one with a name");
            }
        }
        return new Given(placed, named);
    }
}
