package org.counterweight.jobs.edit.input;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.GraceTap;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.model.Params;

/**
 * Texts that the model was right about before, as a rule: what an edit must leave alone.
 *
 * @param labels the class of each, of a classifier; else empty
 */
public record Upstream(List<String> texts, int[] labels) {
    public static Upstream read(UpstreamFile source, EditedModel model, Consumer<String> remarks) {
        var file = new TextFile(source.file(), source.format());
        if (model.task() == EditTask.TOKENS) {
            return new Upstream(file.column(source.text(), remarks), new int[0]);
        }
        LabelledTexts rows = file.labelled(source.text(), source.label(), model.labels(), remarks);
        return new Upstream(rows.texts(), rows.labels());
    }

    /**
     * @param figure accuracy, or perplexity
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
        long[] told = model.classes(counting, texts);
        int right = 0;
        for (int i = 0; i < told.length; i++) {
            right += told[i] == labels[i] ? 1 : 0;
        }
        return new Measured((double) right / told.length, served.sum() / (double) texts.size());
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
