package org.counterweight.studies.edit;

import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.Editor;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.codebook.History;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/** GRACE at one layer. */
final class GraceCorrector implements Corrector {
    private final Editor editor;
    private History.State state;

    GraceCorrector(Model model, Params params, GraceConfig config) {
        this.editor = new Editor(model, params, config, EditTask.CLASSES);
        this.state = History.State.empty(config.distFn());
    }

    @Override
    public Params params() {
        return editor.edited(state.book());
    }

    @Override
    public void correct(Batch row) {
        var request = new EditRequest("a row of the stream", "", row, Tensors.toLongs(row.labels()));
        state = editor.edit(state, request, true, 0).after();
    }

    @Override
    public int entries() {
        return state.book().size();
    }
}
