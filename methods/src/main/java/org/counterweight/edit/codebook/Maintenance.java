package org.counterweight.edit.codebook;

import java.util.ArrayList;
import java.util.List;

/**
 * What one edit makes of a codebook, before its value is trained: add, expand, split, keep or overwrite.
 *
 * <p>T. Hartvigsen et al., "Aging with GRACE: Lifelong Model Editing with Discrete Key-Value Adaptors", NeurIPS 2023,
 * section 3.1, in the order of the official code. Overwriting, splits that never grow and anchors are ours.
 *
 * @param radius epsilon of a fresh entry, above 0
 * @param splitGap by how much the older of two split balls is smaller: the strip between them defers
 * @param splitNeverGrows whether a split only shrinks: no radius beyond the fresh one's, none beyond what it was
 * @param duplicateTolerance how near an input counts as the same, for {@link Duplicates#OVERWRITE}
 * @param anchors whether entries know the edits they serve, and a split makes good what it takes from them
 */
public record Maintenance(
        double radius,
        Expansion expansion,
        LabelMatch match,
        double splitGap,
        boolean splitNeverGrows,
        Duplicates duplicates,
        double duplicateTolerance,
        boolean anchors) {

    /**
     * What came of an edit.
     *
     * @param place of the entry that serves it, whose value is to be trained
     * @param parent the id of the entry that was split; −1 if none was
     */
    public record Step(Action action, int place, long parent, Codebook after) {
        Step(Action action, int place, Codebook after) {
            this(action, place, -1, after);
        }
    }

    public Step apply(Codebook before, Wanted edit) {
        Found nearest = before.nearest(edit.query());
        if (nearest.place() < 0) {
            return added(before, edit, radius, Action.ADD);
        }
        Entry old = before.entries().get(nearest.place());
        double delta = nearest.distance();
        if (delta > radius + old.radius()) {
            return added(before, edit, radius, Action.ADD);
        }
        if (!match.same(old.label(), edit.label())) {
            return duplicates == Duplicates.OVERWRITE && delta <= duplicateTolerance
                    ? overwritten(before, nearest.place(), edit)
                    : split(before, nearest.place(), delta, edit);
        }
        if (delta > old.radius()) {
            Entry reaching = old.withRadius(delta);
            Entry grown =
                    expansion == Expansion.COVERAGE ? reaching : reaching.withKey(halfWay(old.key(), edit.query()));
            return served(before, nearest.place(), grown, edit, Action.EXPAND);
        }
        return served(before, nearest.place(), old, edit, Action.KEEP);
    }

    private Step added(Codebook before, Wanted edit, double fresh, Action action) {
        Codebook after = before.with(new Entry(
                before.nextId(),
                edit.query(),
                edit.start(),
                fresh,
                edit.label(),
                anchors ? List.of(new Member(edit.query(), edit.label())) : List.of(),
                edit.source(),
                edit.time()));
        return new Step(action, after.size() - 1, after);
    }

    private Step served(Codebook before, int place, Entry entry, Wanted edit, Action action) {
        Entry serving = anchors ? entry.serving(new Member(edit.query(), edit.label())) : entry;
        return new Step(action, place, before.changing(place, whatever -> serving));
    }

    private Step overwritten(Codebook before, int place, Wanted edit) {
        Entry old = before.entries().get(place);
        Entry changed = old.withLabel(edit.label(), edit.source(), edit.time());
        if (!anchors) {
            return new Step(Action.OVERWRITE, place, before.changing(place, whatever -> changed));
        }
        Entry alone = changed.withMembers(List.of(new Member(edit.query(), edit.label())));
        Codebook after = before.changing(place, whatever -> alone);
        for (Member member : old.members()) { // those at the same place are what was overwritten
            if (before.distance().between(member.key(), edit.query()) > duplicateTolerance) {
                after = rehomed(after, member, old);
            }
        }
        return new Step(Action.OVERWRITE, place, after);
    }

    private Step split(Codebook before, int place, double delta, Wanted edit) {
        Entry old = before.entries().get(place);
        double fresh = delta / 2;
        double left = delta / 2 - splitGap;
        if (splitNeverGrows) {
            fresh = Math.min(radius, fresh);
            left = Math.min(old.radius(), left);
        }
        Entry shrunk = old.withRadius(left);
        Step step = added(before.changing(place, whatever -> shrunk), edit, fresh, Action.SPLIT);
        Codebook after = anchors && left < old.radius() ? repaired(step.after(), place) : step.after();
        return new Step(Action.SPLIT, step.place(), old.id(), after);
    }

    /** Gives the edits that a shrunk entry no longer serves to an entry with its label, or to entries of their own. */
    private Codebook repaired(Codebook shrunk, int place) {
        Entry entry = shrunk.entries().get(place);
        Codebook book = shrunk;
        var staying = new ArrayList<Member>();
        for (Member member : entry.members()) {
            Found nearest = book.nearest(member.key());
            Entry at = book.entries().get(nearest.place());
            if (nearest.place() == place && nearest.hit()) {
                staying.add(member);
            } else if (nearest.hit() && match.same(at.label(), entry.label())) {
                book = book.changing(nearest.place(), other -> other.serving(member));
            } else {
                book = rehomed(book, member, entry);
            }
        }
        return book.changing(place, whatever -> entry.withMembers(staying));
    }

    /** An entry of its own for a member, with label and value of the entry that it leaves. */
    private Codebook rehomed(Codebook book, Member member, Entry from) {
        double free = Double.POSITIVE_INFINITY;
        for (Entry other : book.entries()) {
            if (!match.same(other.label(), from.label())) {
                free = Math.min(free, book.distance().between(member.key(), other.key()));
            }
        }
        return book.with(new Entry(
                book.nextId(),
                member.key(),
                from.value(),
                Math.min(radius, free / 2),
                from.label(),
                List.of(new Member(member.key(), from.label())),
                from.source(),
                from.time()));
    }

    private static double[] halfWay(double[] a, double[] b) {
        double[] between = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            between[i] = 0.5 * a[i] + 0.5 * b[i];
        }
        return between;
    }
}
