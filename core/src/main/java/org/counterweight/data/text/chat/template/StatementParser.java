package org.counterweight.data.text.chat.template;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.data.text.chat.template.Statement.Body;
import org.counterweight.data.text.chat.template.Statement.Flow;
import org.counterweight.data.text.chat.template.Statement.Placed;
import org.counterweight.data.text.chat.token.Piece;
import org.counterweight.data.text.chat.token.Tokens;
import org.counterweight.data.text.chat.value.TemplateException;
import org.jspecify.annotations.Nullable;

/** Reads the statements of a template. */
final class StatementParser {
    private final List<Piece> pieces;
    private int at;
    private int loops;

    private StatementParser(List<Piece> pieces) {
        this.pieces = pieces;
    }

    static Body read(List<Piece> pieces) {
        var parser = new StatementParser(pieces);
        Body body = parser.body();
        if (parser.at < pieces.size()) {
            Piece.Command stray = (Piece.Command) pieces.get(parser.at);
            throw new TemplateException("{% " + stray.code().strip() + " %} ends nothing").at(stray.line());
        }
        return body;
    }

    /** A command that has been begun to be read. */
    private record Opened(Tokens tokens, String word, int line) {
        ExpressionParser expressions() {
            return new ExpressionParser(tokens);
        }

        Placed placed(Expression expression) {
            return new Placed(expression, line);
        }
    }

    /** Statements up to one that ends or divides what they stand in, which is left to be read. */
    private Body body() {
        var statements = new ArrayList<Statement>();
        while (at < pieces.size()) {
            Piece piece = pieces.get(at);
            try {
                if (piece instanceof Piece.Plain plain) {
                    at++;
                    statements.add(new Statement.Plain(plain.text()));
                } else if (piece instanceof Piece.Shown shown) {
                    at++;
                    statements.add(new Statement.Shown(new Placed(whole(new Tokens(shown.code())), shown.line())));
                } else if (piece instanceof Piece.Command command) {
                    String word = new Tokens(command.code()).name();
                    if (word.startsWith("end") || word.equals("else") || word.equals("elif")) {
                        return new Body(statements);
                    }
                    statements.add(statement(open(command)));
                }
            } catch (TemplateException e) {
                throw e.at(piece.line());
            }
        }
        return new Body(statements);
    }

    private static Expression whole(Tokens tokens) {
        Expression expression = new ExpressionParser(tokens).list(true);
        tokens.end();
        return expression;
    }

    private Opened open(Piece.Command command) {
        at++;
        var tokens = new Tokens(command.code());
        return new Opened(tokens, tokens.name(), command.line());
    }

    /** The command that ends the body which was read last: one of these. */
    private Opened close(Opened opened, String... words) {
        if (at < pieces.size()) {
            Opened next = open((Piece.Command) pieces.get(at));
            if (List.of(words).contains(next.word())) {
                return next;
            }
            throw new TemplateException("{% " + opened.word() + " %} of line " + opened.line() + " is ended by "
                    + String.join(" or ", words) + ", not by " + next.word());
        }
        throw new TemplateException("{% " + opened.word() + " %} has no {% " + words[words.length - 1] + " %}")
                .at(opened.line());
    }

    private Statement statement(Opened opened) {
        return switch (opened.word()) {
            case "if" -> choice(opened);
            case "for" -> loop(opened);
            case "set" -> setting(opened);
            case "macro" -> macro(opened);
            case "break" -> leap(opened, Flow.BREAK);
            case "continue" -> leap(opened, Flow.CONTINUE);
            case "generation" -> generation(opened);
            default ->
                throw new TemplateException(
                        "{% " + opened.word() + " %} is none of if, for, set, macro, break, continue, generation, raw");
        };
    }

    private Statement choice(Opened opened) {
        var branches = new ArrayList<Statement.Branch>();
        Opened now = opened;
        while (!now.word().equals("endif")) {
            Placed condition = null;
            if (!now.word().equals("else")) {
                condition = now.placed(now.expressions().list(true));
            }
            now.tokens().end();
            branches.add(new Statement.Branch(condition, body()));
            now = condition == null ? close(opened, "endif") : close(opened, "elif", "else", "endif");
        }
        return new Statement.Choice(branches);
    }

    private Statement loop(Opened opened) {
        Targets targets = Targets.of(opened.tokens());
        if (!opened.tokens().skipWord("in")) {
            throw new TemplateException(
                    "for … in is expected, and there is " + opened.tokens().peek());
        }
        Placed elements = opened.placed(opened.expressions().list(false));
        @Nullable
        Placed condition = opened.tokens().skipWord("if")
                ? opened.placed(opened.expressions().expression())
                : null;
        opened.tokens().end();
        loops++;
        Body body = body();
        loops--;
        Opened end = close(opened, "else", "endfor");
        Body otherwise = new Body(List.of());
        if (end.word().equals("else")) {
            otherwise = body();
            close(opened, "endfor");
        }
        return new Loop(targets, elements, condition, body, otherwise);
    }

    private Statement setting(Opened opened) {
        Targets targets = Targets.of(opened.tokens());
        if (opened.tokens().skip("=")) {
            Placed value = opened.placed(opened.expressions().list(true));
            opened.tokens().end();
            return new Setting(targets, value);
        }
        Body body = body();
        close(opened, "endset");
        Placed value = opened.placed(opened.expressions().filtered(new Expression.Told(body)));
        opened.tokens().end();
        return new Setting(targets, value);
    }

    private Statement macro(Opened opened) {
        Tokens tokens = opened.tokens();
        String name = tokens.name();
        tokens.expect("(");
        var parameters = new ArrayList<String>();
        var defaults = new ArrayList<@Nullable Placed>();
        while (!tokens.skip(")")) {
            if (!parameters.isEmpty()) {
                tokens.expect(",");
            }
            parameters.add(tokens.name());
            defaults.add(tokens.skip("=") ? opened.placed(opened.expressions().expression()) : null);
        }
        tokens.end();
        int around = loops;
        loops = 0;
        Body body = body();
        loops = around;
        close(opened, "endmacro");
        return new Macro(name, parameters, defaults, body);
    }

    private Statement leap(Opened opened, Flow flow) {
        opened.tokens().end();
        if (loops == 0) {
            throw new TemplateException("{% " + opened.word() + " %} stands in no loop");
        }
        return new Statement.Leap(flow);
    }

    /** What an assistant says, which transformers marks in training and tells as it is. */
    private Statement generation(Opened opened) {
        opened.tokens().end();
        Body body = body();
        close(opened, "endgeneration");
        return body;
    }
}
