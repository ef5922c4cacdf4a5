import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.counterweight.catalogue.Choice;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditResult;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.Editor;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.library.LoadedModel;
import org.counterweight.weights.ledger.Ledger;

final class Edit {
    /** The text is answered with the class from now on; no weight changes. */
    static void edit(Path directory, String text, String label, Path out) {
        GraceConfig grace = Choice.named("grace", "{layer: layer.0.output.dense, n_iter: 20}", "edit", GraceConfig.class)
                .settings();
        try (LoadedModel model = LoadedModel.open(directory);
                var scope = Scope.open()) {
            var editor = new Editor(model.model(), model.params(), grace, EditTask.CLASSES);
            int wanted = model.labels().indexOf(label);
            var texts = new LabelledTexts(List.of(text), new int[] {wanted}, model.labels());
            var row = TextClassification.of(texts, model.tokenizer()).batch(0);
            var request = new EditRequest("the first", text, row, new long[] {wanted});
            EditResult made = editor.edit(
                    History.State.empty(grace.distFn()), request, true, System.currentTimeMillis());
            System.out.println(made.action() + ", " + (made.right() ? "right" : "not learnt"));
            new CodebookFile(grace, editor.point().name(), Ledger.digest(directory), made.after())
                    .write(out.resolve("codebook.safetensors"), Map.of());
        }
    }
}
