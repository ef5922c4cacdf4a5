package org.counterweight.data.text.chat.operation;

import org.counterweight.data.text.chat.value.Budget;

/** What a template can call: a function, a macro, a method of a value. */
@FunctionalInterface
public interface Callable {
    Object call(Arguments arguments, Budget budget);
}
