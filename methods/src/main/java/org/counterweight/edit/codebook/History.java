package org.counterweight.edit.codebook;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * What was done to a codebook, step by step, with what is needed to undo it. Immutable.
 *
 * @param steps in order
 */
public record History(List<Step> steps) {
    public static final History NONE = new History(List.of());

    /** One step, an edit or a deletion. */
    public sealed interface Step {}

    /**
     * An edit.
     *
     * @param entry the id of the entry that serves it
     * @param parent the id of the entry that was split; −1 if none was
     * @param before the entries that it changed, as they were, by their place
     * @param size how many entries there were before it
     * @param nextId the id that was next
     */
    public record Edited(Action action, long entry, long parent, Map<Integer, Entry> before, int size, long nextId)
            implements Step {
        public Edited {
            before = Collections.unmodifiableMap(new LinkedHashMap<>(before));
        }
    }

    /**
     * A deletion.
     *
     * @param place where the entry stood
     * @param restored the entry that got its radius back, as it was, by its place after the deletion; else empty
     */
    public record Deleted(int place, Entry entry, Map<Integer, Entry> restored) implements Step {
        public Deleted {
            restored = Map.copyOf(restored);
        }
    }

    /** A codebook and how it came about. */
    public record State(Codebook book, History history) {
        public static State empty(Distance distance) {
            return new State(Codebook.empty(distance), NONE);
        }
    }

    public History {
        steps = List.copyOf(steps);
    }

    /** How many edits there were. */
    public int edits() {
        return (int) steps.stream().filter(Edited.class::isInstance).count();
    }

    /**
     * With an edit.
     *
     * @param after what it left, its value trained
     */
    public State edited(Maintenance.Step step, Codebook before, Codebook after) {
        var changed = new LinkedHashMap<Integer, Entry>();
        for (int j = 0; j < before.size(); j++) {
            if (before.entries().get(j) != after.entries().get(j)) {
                changed.put(j, before.entries().get(j));
            }
        }
        long entry = after.entries().get(step.place()).id();
        return new State(
                after, with(new Edited(step.action(), entry, step.parent(), changed, before.size(), before.nextId())));
    }

    private History with(Step step) {
        var more = new ArrayList<>(steps);
        more.add(step);
        return new History(more);
    }

    /**
     * Deletes an entry; all others keep order and id.
     *
     * @param restoreRadius whether the entry that was split to make it has its former radius again, if it is still there and
     *     was not split since; else all others keep their radius too
     * @throws ConfigException if there is no such entry
     */
    public State delete(Codebook book, long id, boolean restoreRadius) {
        Codebook rest = book.without(id);
        int place = book.place(id).orElseThrow();
        Entry parent = restoreRadius ? splitFor(id) : null;
        int at = parent == null ? -1 : rest.place(parent.id()).orElse(-1);
        if (parent == null || at < 0) {
            return new State(rest, with(new Deleted(place, book.entries().get(place), Map.of())));
        }
        Entry now = rest.entries().get(at);
        return new State(
                rest.changing(at, entry -> entry.withRadius(Math.max(parent.radius(), entry.radius()))),
                with(new Deleted(place, book.entries().get(place), Map.of(at, now))));
    }

    /** The entry that was split to make the one of that id, as it was before; null if it was split again since. */
    private @Nullable Entry splitFor(long id) {
        Entry parent = null;
        for (Step step : steps) {
            if (step instanceof Edited edited && edited.parent() >= 0) {
                if (edited.entry() == id) {
                    parent = edited.before().values().stream()
                            .filter(entry -> entry.id() == edited.parent())
                            .findFirst()
                            .orElse(null);
                } else if (parent != null && edited.parent() == parent.id()) {
                    return null;
                }
            }
        }
        return parent;
    }

    /**
     * Undoes the last {@code n} edits, and the deletions among them, to the last bit.
     *
     * @throws ConfigException if fewer are known
     */
    public State rollback(Codebook book, int n) {
        if (n < 1 || n > edits()) {
            throw new ConfigException("rollback", n, "from 1 to " + edits() + ", the edits that can be undone");
        }
        Codebook undone = book;
        int last = steps.size();
        for (int left = n; left > 0; ) {
            Step step = steps.get(--last);
            if (step instanceof Edited edited) {
                undone = undone(undone, edited);
                left--;
            } else if (step instanceof Deleted deleted) {
                undone = undone(undone, deleted);
            }
        }
        return new State(undone, new History(steps.subList(0, last)));
    }

    private static Codebook undone(Codebook book, Edited edited) {
        var entries = new ArrayList<>(book.entries().subList(0, edited.size()));
        edited.before().forEach(entries::set);
        return new Codebook(book.distance(), entries, edited.nextId());
    }

    private static Codebook undone(Codebook book, Deleted deleted) {
        var entries = new ArrayList<>(book.entries());
        deleted.restored().forEach(entries::set);
        entries.add(deleted.place(), deleted.entry());
        return new Codebook(book.distance(), entries, book.nextId());
    }
}
