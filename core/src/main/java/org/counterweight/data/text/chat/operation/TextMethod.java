package org.counterweight.data.text.chat.operation;

import org.counterweight.data.text.chat.value.Budget;

/** A method of texts. */
@FunctionalInterface
interface TextMethod {
    Object of(String text, Arguments arguments, Budget budget);
}
