package org.counterweight.data.text.chat.value;

import java.util.AbstractList;
import java.util.List;

/** Python's tuple: a list that is spelt in round brackets. */
public final class Tuple extends AbstractList<Object> {
    private final List<Object> elements;

    public Tuple(List<Object> elements) {
        this.elements = List.copyOf(elements);
    }

    @Override
    public Object get(int place) {
        return elements.get(place);
    }

    @Override
    public int size() {
        return elements.size();
    }
}
