package org.counterweight.edit.codebook;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.counterweight.config.ConfigException;

/**
 * The entries, in the order in which they were made. Immutable: an edit makes another codebook.
 *
 * @param distance how queries are measured
 * @param nextId the id of the next entry
 */
public record Codebook(Distance distance, List<Entry> entries, long nextId) {
    public Codebook {
        entries = List.copyOf(entries);
    }

    public static Codebook empty(Distance distance) {
        return new Codebook(distance, List.of(), 0);
    }

    public int size() {
        return entries.size();
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The nearest entry to {@code query}, {@code [p]}, by looking at all of them; of equally near ones the first. */
    public Found nearest(double[] query) {
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int j = 0; j < entries.size(); j++) {
            double d = distance.within(query, entries.get(j).key(), least);
            if (d < least) {
                best = j;
                least = d;
            }
        }
        return best < 0 ? Found.NOTHING : found(best, least);
    }

    /** The entry at that place, found at that distance. */
    public Found found(int place, double d) {
        return new Found(place, d, d <= entries.get(place).radius());
    }

    /** How far the entry at that place is from the nearest other; infinite if it is alone. */
    public double toNearestOther(int place) {
        double[] key = entries.get(place).key();
        double least = Double.POSITIVE_INFINITY;
        for (int j = 0; j < entries.size(); j++) {
            if (j != place) {
                least = Math.min(least, distance.within(key, entries.get(j).key(), least));
            }
        }
        return least;
    }

    /** Where the entry with that id stands, if there is one. */
    public OptionalInt place(long id) {
        for (int j = 0; j < entries.size(); j++) {
            if (entries.get(j).id() == id) {
                return OptionalInt.of(j);
            }
        }
        return OptionalInt.empty();
    }

    /**
     * Without the entry of that id: all others keep radius, order and id.
     *
     * @throws ConfigException if there is none
     */
    public Codebook without(long id) {
        int place = place(id)
                .orElseThrow(() -> new ConfigException("there is no entry " + id + " to delete; "
                        + (isEmpty() ? "the codebook is empty" : "list the entries to see their ids")));
        var rest = new ArrayList<>(entries);
        rest.remove(place);
        return new Codebook(distance, rest, nextId);
    }

    /** With a change of the entry at that place. */
    public Codebook changing(int place, UnaryOperator<Entry> change) {
        var changed = new ArrayList<>(entries);
        changed.set(place, change.apply(changed.get(place)));
        return new Codebook(distance, changed, nextId);
    }

    /** With another entry at the end; it has the id {@link #nextId}. */
    Codebook with(Entry last) {
        var more = new ArrayList<>(entries);
        more.add(last);
        return new Codebook(distance, more, nextId + 1);
    }
}
