package org.counterweight.jobs.grow;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.jobs.data.Truncation;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.HeadChoice;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.predict.TextClassifier;
import org.counterweight.jobs.recipe.ModelSection;
import org.counterweight.model.Model;
import tools.jackson.databind.node.ObjectNode;

/**
 * Texts in files of rows.
 *
 * @param length tokens of a text that the model is shown
 * @param remarks told what the user should know, a line each
 */
record TextGrowth(GrowJob.Texts files, TextTokenizer tokenizer, int length, Consumer<String> remarks)
        implements GrowthKind<String> {
    private static final String TEXT = "text";

    static TextGrowth open(Path model, AdaptedModel adapted, GrowJob.Texts files, Consumer<String> remarks) {
        TextClassifier.check(model, adapted, files.maxLength());
        int length = ClassifierLength.of(files.maxLength(), adapted, model);
        return new TextGrowth(files, TextTokenizer.open(model, length), length, remarks);
    }

    @Override
    public Labelled<String> all(Path file) {
        TableRows rows = new TextFile(file, files.format())
                .read(List.of(Wanted.text(files.text()), Wanted.text(files.label())), remarks);
        return labelled(LabelledTexts.of(rows.texts(files.text()), rows.texts(files.label())));
    }

    @Override
    public Labelled<String> of(Path file, List<String> classes) {
        return labelled(new TextFile(file, files.format()).labelled(files.text(), files.label(), classes, remarks));
    }

    private static Labelled<String> labelled(LabelledTexts texts) {
        return new Labelled<>(texts.texts(), texts.labels(), texts.labelNames());
    }

    @Override
    public LabelledDataset seen(Labelled<String> rows) {
        return TextClassification.of(new LabelledTexts(rows.rows(), rows.labels(), rows.labelNames()), tokenizer);
    }

    @Override
    public void tellUnseen(LabelledDataset rows) {
        Truncation.of(((TextClassification) rows).tokens(), length).tell("--max-length N reads more", remarks);
    }

    @Override
    public Exemplars<String> kept(Path model, List<String> classes) {
        return Exemplars.read(model.resolve(Exemplars.FILE), classes, line -> line.get(TEXT));
    }

    @Override
    public void keep(Exemplars<String> rows, Path directory) throws IOException {
        write(rows, directory);
    }

    /** Writes texts beside a model. */
    static void write(Exemplars<String> rows, Path directory) throws IOException {
        rows.write(directory.resolve(Exemplars.FILE), TEXT, (text, number) -> text);
    }

    @Override
    public HeadChoice head(ModelSection section) {
        return new HeadChoice() {
            @Override
            public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
                ModelDescription described = ModelDescription.classifier(origin, base, section, labels);
                ClassifierLength.record(described.config(), length);
                return described;
            }

            @Override
            public List<String> heads(Model model) {
                return model.modules().heads();
            }
        };
    }

    @Override
    public String question() {
        return "--text \"…\"";
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
