package org.counterweight.data.text.chat.value;

/**
 * What a name stands for that nobody has set: false, empty, and an error where more is asked of it.
 *
 * @param name as the template has it, for messages
 */
public record Undefined(String name) {
    /** The error where this is asked for more than whether it is there. */
    public TemplateException refused() {
        return new TemplateException(name + " is not defined");
    }
}
