package org.counterweight.data.text.chat.template;

import java.util.List;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;
import org.jspecify.annotations.Nullable;

/** What a template does at one place: it tells something, or changes what names stand for. */
sealed interface Statement
        permits Statement.Plain,
                Statement.Shown,
                Statement.Choice,
                Loop,
                Setting,
                Macro,
                Statement.Leap,
                Statement.Body {
    /** How the statements go on after one. */
    enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    /** Says what it has to tell. */
    Flow run(Names names, StringBuilder out);

    record Plain(String text) implements Statement {
        @Override
        public Flow run(Names names, StringBuilder out) {
            out.append(names.budget().made(text));
            return Flow.ON;
        }
    }

    /** An expression with the line that it stands in. */
    record Placed(Expression expression, int line) {
        Object value(Names names) {
            try {
                return expression.value(names);
            } catch (TemplateException e) {
                throw e.at(line);
            }
        }
    }

    record Shown(Placed value) implements Statement {
        @Override
        public Flow run(Names names, StringBuilder out) {
            out.append(names.budget().made(Spelling.of(value.value(names), names.budget())));
            return Flow.ON;
        }
    }

    /** @param condition null for what is done otherwise */
    record Branch(@Nullable Placed condition, Body body) {}

    /** The first of the branches whose condition holds. */
    record Choice(List<Branch> branches) implements Statement {
        @Override
        public Flow run(Names names, StringBuilder out) {
            for (Branch branch : branches) {
                if (branch.condition() == null || Truth.of(branch.condition().value(names))) {
                    return branch.body().run(names, out);
                }
            }
            return Flow.ON;
        }
    }

    /** {@code break} or {@code continue}. */
    record Leap(Flow flow) implements Statement {
        @Override
        public Flow run(Names names, StringBuilder out) {
            return flow;
        }
    }

    /** Several, one after the other. */
    record Body(List<Statement> statements) implements Statement {
        @Override
        public Flow run(Names names, StringBuilder out) {
            for (Statement statement : statements) {
                names.budget().step();
                Flow flow = statement.run(names, out);
                if (flow != Flow.ON) {
                    return flow;
                }
            }
            return Flow.ON;
        }

        /** What it tells, as a text. */
        String text(Names names) {
            var out = new StringBuilder();
            run(names, out);
            return out.toString();
        }
    }
}
