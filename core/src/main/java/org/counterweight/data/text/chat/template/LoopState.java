package org.counterweight.data.text.chat.template;

import java.util.List;
import org.counterweight.data.text.chat.operation.Arguments;
import org.counterweight.data.text.chat.operation.Callable;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.Fields;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;
import org.jspecify.annotations.Nullable;

/** Where a loop stands: what {@code loop} is in its body. */
final class LoopState implements Fields {
    private final List<Object> elements;
    private @Nullable List<Object> seen;
    private int place = -1;

    LoopState(List<Object> elements) {
        this.elements = elements;
    }

    void next() {
        place++;
    }

    @Override
    public @Nullable Object field(String name) {
        long length = elements.size();
        return switch (name) {
            case "index" -> place + 1L;
            case "index0" -> (long) place;
            case "revindex" -> length - place;
            case "revindex0" -> length - place - 1;
            case "first" -> place == 0;
            case "last" -> place == length - 1;
            case "length" -> length;
            case "depth" -> 1L; // of recursive loops alone, which there are none of
            case "depth0" -> 0L;
            case "previtem" -> place > 0 ? elements.get(place - 1) : null;
            case "nextitem" -> place < length - 1 ? elements.get(place + 1) : null;
            case "cycle" -> (Callable) this::cycle;
            case "changed" -> (Callable) this::changed;
            default -> null;
        };
    }

    private Object cycle(Arguments given, Budget budget) {
        if (given.placed().isEmpty()) {
            throw new TemplateException("loop.cycle goes through values, and none is given");
        }
        return given.placed().get(place % given.placed().size());
    }

    private Object changed(Arguments given, Budget budget) {
        boolean same = seen != null && Truth.equal(seen, given.placed(), budget);
        seen = given.placed();
        return !same;
    }
}
