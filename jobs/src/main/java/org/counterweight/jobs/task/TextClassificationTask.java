package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.data.TextRows;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.data.targets.LabelColumn;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.Labels;
import org.counterweight.jobs.recipe.data.TextData;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model learns to predict classes of texts. */
record TextClassificationTask(Recipe recipe) implements ClassTask {
    private TextData data() {
        return (TextData) recipe.data();
    }

    @Override
    public void checkData() {
        TextData data = data();
        if (data.name() != null) {
            Sources.checkTexts(data.name());
            return;
        }
        for (String file : new String[] {data.train(), data.dev(), data.test()}) {
            if (file != null) {
                new TextFile(Path.of(file), data.format()).check(data.readAndLabel());
            }
        }
        TableRows rows = TextRows.checked(data, recipe.groups());
        if (data.labels() == Labels.AUTO) {
            Path file = Path.of(String.valueOf(data.train()));
            LabelColumn.of(file, data.label(), rows).check();
        }
    }

    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
        ModelDescription described = ModelDescription.classifier(origin, base, recipe.model(), labels);
        described.checkLength("data.max_length", data().maxLength());
        ClassifierLength.record(described.config(), data().maxLength(), data().pair() != null);
        return described;
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        try (TextTokenizer tokenizer = TextTokenizer.open(Objects.requireNonNull(model), data().maxLength())) {
            Prepared rows = TextRows.read(data(), recipe.groups(), tokenizer, fetcher, progress, seed);
            checkClasses(rows, "data.label", progress);
            return rows;
        }
    }

    @Override
    public int evaluationRows() {
        return 64;
    }

    @Override
    public @Nullable Baseline baseline(
            BaseModel base, Adaptation adaptation, Prepared rows, Seed seed, ProgressLine progress) {
        return recipe.model().beginsAtRandom()
                ? null
                : ClassTask.super.baseline(base, adaptation, rows, seed, progress);
    }

    @Override
    public String peftName() {
        return "SEQ_CLS";
    }

    @Override
    public String question() {
        return "--text \"a small furry animal\"";
    }
}
