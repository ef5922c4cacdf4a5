package org.counterweight.jobs.predict;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.feature.TableForm;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.Described;

/** A trained model of a table's rows: {@code row}, counted from 1, or its id, and what the model tells of it. */
public record TableModel(Asked asked) implements Scoring {
    @Override
    public Scored scored(AdaptedModel adapted, Questions questions) {
        TableForm form = form();
        Questions.Rows rows = questions.rows(form.wanted(), asked.remarks());
        return new Scored(logits(adapted, form, rows.rows()), form.score(), rows.begun());
    }

    private Tensor logits(AdaptedModel adapted, TableForm form, TableRows rows) {
        String unknown = form.unknown(rows);
        if (!unknown.isEmpty()) {
            asked.remarks()
                    .accept("rows with categories that the model has not learnt, and that count as none: " + unknown);
        }
        return TextClassifier.logits(
                asked.directory(),
                adapted.model(),
                adapted.computed(),
                form.inputs(rows),
                Described.labels(adapted.config()).size());
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
