package org.counterweight.data.text.chat.value;

/** A method of texts. */
@FunctionalInterface
interface TextMethod {
    Object of(String text, Arguments arguments, Budget budget);
}
