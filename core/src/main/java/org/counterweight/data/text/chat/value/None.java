package org.counterweight.data.text.chat.value;

/** Python's None, a value like any other: no reference here is null. */
public enum None {
    NONE
}
