package org.counterweight.jobs.predict;

import java.util.TreeSet;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.data.table.feature.TableForm;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.predict.answer.Scored;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.model.Params;

/** A trained model of a table's rows: {@code row}, counted from 1, or its id, and what the model tells of it. */
public record TableModel(AskedModel asked) implements Scoring {
    @Override
    public void score(AdaptedModel adapted, Questions questions, Consumer<Scored> sink) {
        TableForm form = form();
        Params params = asked.params(adapted);
        var unknown = new TreeSet<String>();
        questions.rows(form.wanted(), asked, rows -> {
            try (var scope = Scope.open()) {
                unknown.add(form.unknown(rows.rows()));
                Tensor logits = TextClassifier.logits(
                        asked.directory(),
                        adapted.model(),
                        params,
                        form.inputs(rows.rows()),
                        ModelDescription.labels(adapted.config()).size(),
                        asked.inference());
                sink.accept(new Scored(logits, form.score(), rows.begun()));
            }
        });
        unknown.remove("");
        if (!unknown.isEmpty()) {
            asked.remarks()
                    .accept("rows with categories that the model has not learnt, and that count as none: "
                            + String.join("; ", unknown));
        }
    }

    private TableForm form() {
        TableForm form = TableForm.beside(asked.directory());
        if (form == null) {
            throw new ConfigException(asked.directory() + ": has no " + TableForm.FILE
                    + ", which says how columns become what the model sees; copy it from where the model was trained");
        }
        return form;
    }
}
