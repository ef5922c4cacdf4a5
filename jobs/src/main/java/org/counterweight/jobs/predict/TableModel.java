package org.counterweight.jobs.predict;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.feature.TableForm;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.Described;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.node.ObjectNode;

/** A trained model of a table's rows: {@code row}, counted from 1, or its id, and what the model tells of it. */
record TableModel(Asked asked) implements Scoring {
    @Override
    public List<ObjectNode> answers(Questions questions) {
        TableForm form = form();
        Questions.Rows rows = questions.rows(form.wanted(), asked.remarks());
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            AdaptedModel adapted = AdaptedModel.of(files, asked.adapter());
            return Answers.of(adapted.config(), logits(adapted, form, rows.rows()), form.score(), rows.begun());
        }
    }

    @Override
    public Tensor logits(AdaptedModel adapted, Questions questions) {
        TableForm form = form();
        return logits(
                adapted, form, questions.rows(form.wanted(), asked.remarks()).rows());
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
