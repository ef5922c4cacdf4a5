package org.counterweight.jobs.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.counterweight.jobs.edit.input.Upstream;
import org.counterweight.jobs.edit.input.EditedModel;
import org.counterweight.jobs.edit.input.EditLine;
import org.counterweight.config.ConfigException;
import org.counterweight.edit.EditRequest;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.model.Params;
import org.jspecify.annotations.Nullable;

/** The edits of one stream, in order, and how the model fares between them. */
final class EditStream {
    private final EditedModel model;
    private final @Nullable Upstream upstream;
    private final List<EditLine> lines;
    private final List<EditRequest> requests = new ArrayList<>();
    private final List<List<EditRequest>> rephrasings = new ArrayList<>();
    private final List<List<String>> before = new ArrayList<>();
    private final LongAdder served = new LongAdder();

    /** @throws org.counterweight.config.ConfigException if a line asks for what the model cannot answer; nothing is edited */
    EditStream(EditedModel model, @Nullable Upstream upstream, List<EditLine> lines) {
        this.model = model;
        this.upstream = upstream;
        this.lines = lines;
        for (EditLine line : lines) {
            requests.add(model.request(line.name(), line.text(), line.wanted()));
            rephrasings.add(line.rephrasings().stream()
                    .map(text -> model.request(line.name(), text, line.wanted()))
                    .toList());
            before.add(model.answers(model.params(), line.locality()));
        }
    }

    /** The requests at these places of the stream. */
    List<EditRequest> requests(List<Integer> places) {
        return places.stream().map(requests::get).toList();
    }

    /**
     * Corrects all that is left of the stream.
     *
     * @param so what came of the lines before; it grows
     * @param period edits between two judgements
     * @param checkpoint where it is kept after each
     * @return how the model fared before the first edit
     */
    EditFigures run(
            Correcting by, StreamSoFar so, int period, boolean force, EditCheckpoint checkpoint, ProgressLine progress) {
        EditFigures unedited = so.before(() -> judge(by, requests.size(), so));
        progress.begin("editing:", "edits", requests.size());
        progress.advance(so.done());
        while (so.done() < requests.size()) {
            int i = so.done();
            so.add(lines.get(i), by.correct(requests.get(i), force));
            progress.advance(1);
            boolean isLast = i + 1 == requests.size();
            if ((i + 1) % period == 0 || isLast) {
                so.add(judge(by, i + 1, so));
                progress.say(said(so.figures().get(so.figures().size() - 1)));
                if (!isLast) {
                    checkpoint.save(so, by);
                }
            }
        }
        progress.end();
        return unedited;
    }

    private static String said(EditFigures now) {
        return String.format(
                Locale.ROOT,
                "%d edits, %d entries: right at once %s, right now %s, rephrasings %s, others as before %s",
                now.edits(),
                now.entries(),
                EditFigures.percent(now.success()),
                EditFigures.percent(now.retention()),
                EditFigures.percent(now.holdout()),
                EditFigures.percent(now.locality()));
    }

    /** How the first {@code count} lines fare with the model as it stands after what came of the stream so far. */
    private EditFigures judge(Correcting by, int count, StreamSoFar so) {
        try (var scope = Scope.open()) {
            Params edited = by.params(Upstream.counter(served));
            var holdout = new ArrayList<EditRequest>();
            rephrasings.subList(0, count).forEach(holdout::addAll);
            Upstream.Measured others = upstream == null
                    ? new Upstream.Measured(Double.NaN, Double.NaN)
                    : upstream.measure(model, edited, served);
            return new EditFigures(
                    so.done(),
                    so.made().size(),
                    by.entries(),
                    so.done() == 0 ? Double.NaN : (double) so.right() / so.done(),
                    share(model.right(edited, requests.subList(0, count))),
                    share(model.right(edited, holdout)),
                    locality(edited, count),
                    others.figure(),
                    others.hits());
        }
    }

    private double locality(Params edited, int count) {
        int same = 0;
        int all = 0;
        for (int i = 0; i < count; i++) {
            List<String> now = model.answers(edited, lines.get(i).locality());
            for (int k = 0; k < now.size(); k++) {
                same += now.get(k).equals(before.get(i).get(k)) ? 1 : 0;
                all++;
            }
        }
        return all == 0 ? Double.NaN : (double) same / all;
    }

    private static double share(boolean[] right) {
        int count = 0;
        for (boolean one : right) {
            count += one ? 1 : 0;
        }
        return right.length == 0 ? Double.NaN : (double) count / right.length;
    }
}
