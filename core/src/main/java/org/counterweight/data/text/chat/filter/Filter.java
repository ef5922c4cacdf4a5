package org.counterweight.data.text.chat.filter;

import org.counterweight.data.text.chat.operation.Arguments;
import org.counterweight.data.text.chat.value.Budget;

/** What stands behind a bar: {@code value | filter(arguments)}. */
@FunctionalInterface
public interface Filter {
    Object of(Object value, Arguments arguments, Budget budget);
}
