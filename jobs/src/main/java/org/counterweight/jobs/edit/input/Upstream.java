package org.counterweight.jobs.edit.input;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.GraceTap;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.model.Params;

/**
 * Texts that the model was right about before, as a rule: what an edit must leave alone.
 *
 * @param labels the class of each, of a classifier; else empty
 * @param answers what each is answered with, of a model that answers texts; else empty
 */
public record Upstream(List<String> texts, int[] labels, List<EditRequest> answers) {
    public static Upstream read(UpstreamFile source, EditedModel model, Consumer<String> remarks) {
        var file = new TextFile(source.file(), source.format());
        if (model.task() == EditTask.TOKENS) {
            return new Upstream(file.column(source.text(), remarks), new int[0], List.of());
        }
        if (model.task() == EditTask.ANSWERS) {
            TableRows rows = file.read(List.of(Wanted.text(source.text()), Wanted.text(source.label())), remarks);
            List<String> texts = rows.texts(source.text());
            List<String> wanted = rows.texts(source.label());
            List<EditRequest> answers = IntStream.range(0, texts.size())
                    .mapToObj(i -> model.request(source.file() + ", row " + (i + 1), texts.get(i), wanted.get(i)))
                    .toList();
            return new Upstream(texts, new int[0], answers);
        }
        LabelledTexts rows = file.labelled(source.text(), source.label(), model.labels(), remarks);
        return new Upstream(rows.texts(), rows.labels(), List.of());
    }

    /**
     * @param figure accuracy, or a decoder's perplexity
     * @param hits share of the texts that an edit answered
     */
    public record Measured(double figure, double hits) {}

    /** @param counting the edited model, telling this counter of its look-ups */
    public Measured measure(EditedModel model, Params counting, LongAdder served) {
        served.reset();
        if (model.task() == EditTask.TOKENS) {
            double loss = model.loss(counting, texts);
            return new Measured(Math.exp(loss), served.sum() / (double) texts.size());
        }
        int right = 0;
        if (model.task() == EditTask.ANSWERS) {
            for (boolean one : model.right(counting, answers)) {
                right += one ? 1 : 0;
            }
        } else {
            long[] told = model.classes(counting, texts);
            for (int i = 0; i < told.length; i++) {
                right += told[i] == labels[i] ? 1 : 0;
            }
        }
        return new Measured((double) right / texts.size(), served.sum() / (double) texts.size());
    }

    /** Counts the rows that an edit answered. */
    public static GraceTap.Served counter(LongAdder served) {
        return (point, batch, ids) -> {
            for (long id : ids) {
                served.add(id >= 0 ? 1 : 0);
            }
        };
    }
}
