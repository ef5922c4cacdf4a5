package org.counterweight.edit.codebook;

import java.util.ArrayList;
import java.util.List;

/**
 * One row of a codebook. The arrays are never written after they are made.
 *
 * @param id stays with the entry as long as it lives
 * @param key what enters the wrapped layer at the key token, {@code [p]}
 * @param value what stands in place of the layer's output, {@code [v]}
 * @param radius epsilon: the entry serves queries at most so far from its key; below 0 it serves none
 * @param label the target of the edit that made it, as token ids
 * @param members the edits it serves, in order, its own first; kept for anchors alone
 * @param source the input of the edit that made it, for people
 * @param time when that was, in milliseconds since 1970
 */
public record Entry(
        long id,
        double[] key,
        double[] value,
        double radius,
        long[] label,
        List<Member> members,
        String source,
        long time) {
    public Entry {
        members = List.copyOf(members);
    }

    /** The same with another radius. */
    public Entry withRadius(double other) {
        return new Entry(id, key, value, other, label, members, source, time);
    }

    /** The same with another value. */
    public Entry withValue(double[] other) {
        return new Entry(id, key, other, radius, label, members, source, time);
    }

    Entry withKey(double[] other) {
        return new Entry(id, other, value, radius, label, members, source, time);
    }

    Entry withLabel(long[] other, String from, long at) {
        return new Entry(id, key, value, radius, other, members, from, at);
    }

    Entry withMembers(List<Member> others) {
        return new Entry(id, key, value, radius, label, others, source, time);
    }

    Entry serving(Member another) {
        var more = new ArrayList<>(members);
        more.add(another);
        return withMembers(more);
    }
}
