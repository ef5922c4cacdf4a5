package org.counterweight.data.text.chat.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.data.text.chat.filter.Filters;
import org.counterweight.data.text.chat.filter.Tests;
import org.counterweight.data.text.chat.operation.Arithmetic;
import org.counterweight.data.text.chat.template.Expression.Given;
import org.counterweight.data.text.chat.token.Token.Kind;
import org.counterweight.data.text.chat.token.Tokens;
import org.counterweight.data.text.chat.value.Truth;
import org.jspecify.annotations.Nullable;

/** Reads expressions, with Jinja's precedence: each method reads what binds at least as strongly as its name says. */
record ExpressionParser(Tokens tokens) {
    private static final Map<String, Expression.Relation> RELATIONS = Map.of(
            "==", (a, b, budget) -> Truth.equal(a, b, budget),
            "!=", (a, b, budget) -> !Truth.equal(a, b, budget),
            "<", (a, b, budget) -> Truth.compare(a, b, budget) < 0,
            "<=", (a, b, budget) -> Truth.compare(a, b, budget) <= 0,
            ">", (a, b, budget) -> Truth.compare(a, b, budget) > 0,
            ">=", (a, b, budget) -> Truth.compare(a, b, budget) >= 0);

    /** What operators stand between. */
    private OperandParser operands() {
        return new OperandParser(tokens, this);
    }

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
            value = operands().operand();
        }
        return filtered ? filtered(value) : value;
    }

    Expression filtered(Expression value) {
        Expression all = value;
        while (true) {
            if (tokens.skip("|")) {
                String name = tokens.name();
                all = new Expression.Filtered(
                        all, Filters.of(name), tokens.skip("(") ? operands().given() : Given.NOTHING);
            } else if (tokens.skipWord("is")) {
                all = tested(all);
            } else if (tokens.skip("(")) {
                all = new Expression.Call(all, operands().given());
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
            given = operands().given();
        } else if (operands().begins()) {
            given = new Given(List.of(operands().operand()), Map.of());
        }
        Expression tested = new Expression.Tested(value, test, given);
        return negated ? new Expression.Not(tested) : tested;
    }
}
