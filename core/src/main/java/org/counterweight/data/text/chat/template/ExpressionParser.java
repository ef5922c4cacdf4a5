package org.counterweight.data.text.chat.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.data.text.chat.filter.Filters;
import org.counterweight.data.text.chat.filter.Tests;
import org.counterweight.data.text.chat.operation.Arithmetic;
import org.counterweight.data.text.chat.template.Expression.Given;
import org.counterweight.data.text.chat.token.Token;
import org.counterweight.data.text.chat.token.Token.Kind;
import org.counterweight.data.text.chat.token.Tokens;
import org.counterweight.data.text.chat.value.None;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;
import org.jspecify.annotations.Nullable;

/** Reads expressions, with Jinja's precedence: each method reads what binds at least as strongly as its name says. */
record ExpressionParser(Tokens tokens) {
    private static final Map<String, Object> CONSTANTS =
            Map.of("true", true, "True", true, "false", false, "False", false, "none", None.NONE, "None", None.NONE);

    private static final Map<String, Expression.Relation> RELATIONS = Map.of(
            "==", (a, b, budget) -> Truth.equal(a, b, budget),
            "!=", (a, b, budget) -> !Truth.equal(a, b, budget),
            "<", (a, b, budget) -> Truth.compare(a, b, budget) < 0,
            "<=", (a, b, budget) -> Truth.compare(a, b, budget) <= 0,
            ">", (a, b, budget) -> Truth.compare(a, b, budget) > 0,
            ">=", (a, b, budget) -> Truth.compare(a, b, budget) >= 0);

    /** Several with commas between them are a list. */
    Expression list(boolean withChoice) {
        Expression first = withChoice ? expression() : or();
        if (!tokens.peek().is(Kind.SIGN, ",")) {
            return first;
        }
        var elements = new ArrayList<>(List.of(first));
        while (tokens.skip(",")) {
            if (tokens.peek().kind() == Kind.END) {
                break;
            }
            elements.add(withChoice ? expression() : or());
        }
        return new Expression.Listed(elements, true);
    }

    Expression expression() {
        Expression first = or();
        while (tokens.skipWord("if")) {
            Expression condition = or();
            first = new Expression.Choice(first, condition, tokens.skipWord("else") ? expression() : null);
        }
        return first;
    }

    /** An expression that ends before an {@code if}, as of a loop. */
    Expression or() {
        Expression first = and();
        while (tokens.skipWord("or")) {
            first = new Expression.Either(first, and(), true);
        }
        return first;
    }

    private Expression and() {
        Expression first = not();
        while (tokens.skipWord("and")) {
            first = new Expression.Either(first, not(), false);
        }
        return first;
    }

    private Expression not() {
        return tokens.skipWord("not") ? new Expression.Not(not()) : compared();
    }

    private Expression compared() {
        Expression first = sum();
        var relations = new ArrayList<Expression.Relation>();
        var others = new ArrayList<Expression>();
        for (Expression.Relation relation = relation(); relation != null; relation = relation()) {
            relations.add(relation);
            others.add(sum());
        }
        return relations.isEmpty() ? first : new Expression.Compared(first, relations, others);
    }

    private Expression.@Nullable Relation relation() {
        String sign = tokens.anyOf(List.copyOf(RELATIONS.keySet()));
        if (sign != null) {
            return RELATIONS.get(sign);
        }
        if (tokens.skipWord("in")) {
            return (a, b, budget) -> Truth.contains(b, a, budget);
        }
        if (tokens.isWord("not") && tokens.second().is(Kind.NAME, "in")) {
            tokens.next();
            tokens.next();
            return (a, b, budget) -> !Truth.contains(b, a, budget);
        }
        return null;
    }

    private Expression sum() {
        Expression first = joined();
        for (String sign = tokens.anyOf(List.of("+", "-")); sign != null; sign = tokens.anyOf(List.of("+", "-"))) {
            first = new Expression.Sum(Arithmetic.of(sign), first, joined());
        }
        return first;
    }

    private Expression joined() {
        Expression first = product();
        while (tokens.skip("~")) {
            first = new Expression.Sum(Arithmetic.of("~"), first, product());
        }
        return first;
    }

    private Expression product() {
        Expression first = power();
        List<String> signs = List.of("*", "/", "//", "%");
        for (String sign = tokens.anyOf(signs); sign != null; sign = tokens.anyOf(signs)) {
            first = new Expression.Sum(Arithmetic.of(sign), first, power());
        }
        return first;
    }

    private Expression power() {
        Expression first = signed(true);
        while (tokens.skip("**")) {
            first = new Expression.Sum(Arithmetic.of("**"), first, signed(true));
        }
        return first;
    }

    private Expression signed(boolean filtered) {
        Expression value;
        if (tokens.skip("-")) {
            value = new Expression.Negative(signed(false));
        } else if (tokens.skip("+")) {
            value = signed(false);
        } else {
            value = behind(primary());
        }
        return filtered ? filtered(value) : value;
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
        Expression first = expression();
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
            elements.add(expression());
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
            keys.add(expression());
            tokens.expect(":");
            values.add(expression());
        }
        return new Expression.Mapped(keys, values);
    }

    private Expression behind(Expression value) {
        Expression all = value;
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
        Expression first = tokens.peek().is(Kind.SIGN, ":") ? null : expression();
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
        return tokens.peek().is(Kind.SIGN, ":") || tokens.peek().is(Kind.SIGN, "]") ? null : expression();
    }

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
                named.put(name, expression());
            } else if (named.isEmpty()) {
                placed.add(expression());
            } else {
                throw new TemplateException("an argument without a name stands behind one with a name");
            }
        }
        return new Given(placed, named);
    }

    Expression filtered(Expression value) {
        Expression all = value;
        while (true) {
            if (tokens.skip("|")) {
                String name = tokens.name();
                all = new Expression.Filtered(all, Filters.of(name), tokens.skip("(") ? given() : Given.NOTHING);
            } else if (tokens.skipWord("is")) {
                all = tested(all);
            } else if (tokens.skip("(")) {
                all = new Expression.Call(all, given());
            } else {
                return all;
            }
        }
    }

    private Expression tested(Expression value) {
        boolean negated = tokens.skipWord("not");
        Tests.Test test = Tests.of(tokens.name());
        Given given = Given.NOTHING;
        if (tokens.skip("(")) {
            given = given();
        } else if (beginsValue()) {
            given = new Given(List.of(behind(primary())), Map.of());
        }
        Expression tested = new Expression.Tested(value, test, given);
        return negated ? new Expression.Not(tested) : tested;
    }

    private boolean beginsValue() {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case TEXT, NUMBER -> true;
            case NAME -> !List.of("else", "or", "and", "is", "if", "in", "not").contains(token.value());
            case SIGN -> token.value().equals("[") || token.value().equals("{");
            case END -> false;
        };
    }
}
