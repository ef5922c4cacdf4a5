package org.counterweight.jobs.edit;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditResult;
import org.counterweight.edit.Editor;
import org.counterweight.edit.codebook.Action;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.History;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.model.Params;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The edits of one stream, in order, and how the model fares between them. */
final class EditStream {
    private final EditedModel model;
    private final Editor editor;
    private final @Nullable Upstream upstream;
    private final List<EditLine> lines;
    private final List<EditRequest> requests = new ArrayList<>();
    private final List<List<EditRequest>> rephrasings = new ArrayList<>();
    private final List<List<String>> before = new ArrayList<>();
    private final LongAdder served = new LongAdder();
    private int made;
    private int right;

    /** @throws org.counterweight.config.ConfigException if a line asks for what the model cannot answer; nothing is edited */
    EditStream(EditedModel model, Editor editor, @Nullable Upstream upstream, List<EditLine> lines) {
        this.model = model;
        this.editor = editor;
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

    /**
     * Makes all edits.
     *
     * @param period edits between two judgements
     * @param into where {@code edits.jsonl} and {@code figures.jsonl} are written
     */
    EditOutcome run(
            History.State begun, int period, boolean force, @Nullable Radii radii, Path into, ProgressLine progress)
            throws IOException {
        History.State state = begun;
        EditFigures unedited = judge(begun.book(), requests.size());
        var figures = new ArrayList<EditFigures>();
        var unsuccessful = new ArrayList<String>();
        progress.begin("editing:", "edits", requests.size());
        try (Writer edits = Files.newBufferedWriter(into.resolve(EditJob.EDITS));
                Writer told = Files.newBufferedWriter(into.resolve(EditJob.FIGURES))) {
            for (int i = 0; i < requests.size(); i++) {
                EditResult result = editor.edit(
                        state, requests.get(i), force, Clock.systemUTC().millis());
                checkReached(requests.get(i), result);
                state = result.after();
                made += result.skipped() ? 0 : 1;
                right += result.right() ? 1 : 0;
                if (!result.right()) {
                    unsuccessful.add(requests.get(i).name());
                }
                edits.write(line(lines.get(i), result) + "\n");
                progress.advance(1);
                if ((i + 1) % period == 0 || i + 1 == requests.size()) {
                    EditFigures now = judge(state.book(), i + 1);
                    figures.add(now);
                    told.write(now.json() + "\n");
                    progress.say(said(now));
                }
            }
        }
        progress.end();
        return new EditOutcome(state, unedited, figures, unsuccessful, radii);
    }

    /** A value without a part in the answer learns nothing, nor would any other of the stream. */
    private void checkReached(EditRequest request, EditResult result) {
        if (!result.right() && !result.reached()) {
            throw new ConfigException(request.name() + ": the answer does not depend on what is replaced at "
                    + editor.point().name() + "; take replacement: replace_all, or a layer further from the end");
        }
    }

    private static ObjectNode line(EditLine line, EditResult result) {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("line", line.name()).put("text", line.text()).put("wanted", line.wanted());
        Action action = result.action();
        json.put("action", action == null ? "none" : action.name().toLowerCase(Locale.ROOT));
        if (action != null) {
            json.put("entry", result.entry());
            json.put("first_loss", result.losses()[0]);
            json.put("last_loss", result.losses()[result.losses().length - 1]);
        }
        return json.put("right", result.right());
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

    /** How the first {@code count} lines fare under a codebook. */
    private EditFigures judge(Codebook book, int count) {
        try (var scope = Scope.open()) {
            Params edited = editor.edited(book, Upstream.counter(served));
            List<EditRequest> asked = requests.subList(0, count);
            var holdout = new ArrayList<EditRequest>();
            rephrasings.subList(0, count).forEach(holdout::addAll);
            Upstream.Measured others = upstream == null
                    ? new Upstream.Measured(Double.NaN, Double.NaN)
                    : upstream.measure(model, edited, served);
            boolean begun = made > 0 || right > 0;
            return new EditFigures(
                    begun ? count : 0,
                    made,
                    book.size(),
                    begun ? (double) right / count : Double.NaN,
                    share(model.right(edited, asked)),
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
