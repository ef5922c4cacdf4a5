package org.counterweight.jobs.edit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.GraceTap;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.Described;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.jobs.predict.TextClassifier;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.generate.Generation;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;

/** A model that is edited, opened: its texts become rows, and its answers are judged. Belongs to the open scope. */
final class EditedModel implements AutoCloseable {
    /** How far a decoder's answer is looked at where none is wanted. */
    private static final int ANSWER = 8;

    private final Path directory;
    private final ModelDirectory files;
    private final AdaptedModel adapted;
    private final Params params;
    private final TextTokenizer tokenizer;
    private final EditTask task;
    private final List<String> labels;

    private EditedModel(Path directory, ModelDirectory files, @Nullable Path adapter, @Nullable Integer maxLength) {
        this.directory = directory;
        this.files = files;
        this.adapted = AdaptedModel.of(files, adapter);
        TaskKind kind = AdaptedModel.kind(directory, adapter);
        if (kind == TaskKind.MASKED_LM) {
            throw new ConfigException(directory + ": fills gaps, and edits are of classifiers and decoders;"
                    + " name a model that tells classes, or one that goes on with texts");
        }
        this.task = kind == TaskKind.CAUSAL_LM ? EditTask.TOKENS : EditTask.CLASSES;
        if (task == EditTask.CLASSES) {
            TextClassifier.check(directory, adapted, maxLength);
        }
        this.labels = Described.labels(adapted.config());
        this.params = EditsDirectory.frozen(adapted.computed());
        TokenizerPlace place = TokenizerPlace.of(directory, adapter);
        int length = task == EditTask.CLASSES
                ? ClassifierLength.of(maxLength, adapted, place.directory())
                : maxLength == null ? TextTokenizer.UNLIMITED : maxLength;
        this.tokenizer = place.open(adapted.model(), length);
    }

    static EditedModel open(Path directory, @Nullable Path adapter, @Nullable Integer maxLength) {
        ModelDirectory files = ModelDirectory.open(directory);
        try {
            return new EditedModel(directory, files, adapter, maxLength);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    Model model() {
        return adapted.model();
    }

    Params params() {
        return params;
    }

    EditTask task() {
        return task;
    }

    List<String> labels() {
        return labels;
    }

    /** @throws ConfigException if the wanted class is none of the model's, or the text is too long for it */
    EditRequest request(String name, String text, String wanted) {
        return task == EditTask.CLASSES ? ofClass(name, text, wanted) : ofTokens(name, text, wanted);
    }

    private EditRequest ofClass(String name, String text, String wanted) {
        int label = labels.indexOf(wanted);
        if (label < 0) {
            throw new ConfigException(
                    name + ": \"" + wanted + "\" is no class of this model" + Nearest.hint(wanted, labels, "Classes:"));
        }
        return new EditRequest(
                name, text, rows(List.of(text), new int[] {label}).batch(0), new long[] {label});
    }

    private TextClassification rows(List<String> texts, int[] classes) {
        return TextClassification.of(new LabelledTexts(texts, classes, labels), tokenizer);
    }

    /** The prompt's last token asks; labels are the target's tokens, which follow the prompt's behind a blank. */
    private EditRequest ofTokens(String name, String prompt, String target) {
        long[] before = prompt(name, prompt);
        long[] after = tokenizer
                .encode(List.of(target.startsWith(" ") ? target : " " + target), false)
                .ids(0);
        long[] ids = Arrays.copyOf(before, before.length + after.length);
        System.arraycopy(after, 0, ids, before.length, after.length);
        new Described(adapted.config(), adapted.model()).checkLength(name + ": prompt and target,", ids.length);
        long[] expected = ids.clone();
        Arrays.fill(expected, 0, before.length, -100);
        var row = new Batch(Map.of(
                Batch.INPUT_IDS, Tensors.longs(ids, 1, ids.length),
                Batch.LABELS, Tensors.longs(expected, 1, ids.length),
                GraceTap.KEY_TOKEN, Tensors.longs(new long[] {before.length - 1})));
        return new EditRequest(name, prompt, row, after);
    }

    private long[] prompt(String name, String text) {
        long[] ids = tokenizer.encode(List.of(text)).ids(0);
        if (ids.length == 0) {
            throw new ConfigException(name + ": \"" + text + "\" has no token");
        }
        return ids;
    }

    /** Which of the requests these parameters answer as wanted. */
    boolean[] right(Params asked, List<EditRequest> requests) {
        boolean[] right = new boolean[requests.size()];
        if (task == EditTask.CLASSES && !requests.isEmpty()) {
            long[] told =
                    classes(asked, requests.stream().map(EditRequest::source).toList());
            for (int i = 0; i < right.length; i++) {
                right[i] = told[i] == requests.get(i).label()[0];
            }
            return right;
        }
        for (int i = 0; i < right.length; i++) {
            right[i] = task.isRight(model(), asked, requests.get(i).row(), Pass.evaluation());
        }
        return right;
    }

    long[] classes(Params asked, List<String> texts) {
        try (var scope = Scope.open()) {
            Tensor logits =
                    TextClassifier.logits(directory, model(), asked, rows(texts, new int[texts.size()]), labels.size());
            return Tensors.toLongs(logits.argmax(new LongOptional(1), false));
        }
    }

    /** What the model says of each text: a class, or the next few tokens. */
    List<String> answers(Params asked, List<String> texts) {
        var answers = new ArrayList<String>();
        if (task == EditTask.CLASSES) {
            if (!texts.isEmpty()) {
                Arrays.stream(classes(asked, texts)).forEach(label -> answers.add(labels.get((int) label)));
            }
            return answers;
        }
        var greedy = Generation.greedy(ANSWER);
        for (String text : texts) {
            answers.add(Arrays.toString(greedy.extend(model(), asked, prompt("locality", text), Set.of(), 0)));
        }
        return answers;
    }

    /** The mean over the texts of −log p of a token given those before it, of a decoder. */
    double loss(Params asked, List<String> texts) {
        double sum = 0;
        int counted = 0;
        for (String text : texts) {
            long[] ids = prompt("upstream", text);
            if (ids.length < 2) {
                continue;
            }
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                Tensor row = Tensors.longs(ids, 1, ids.length);
                var batch = new Batch(Map.of(Batch.INPUT_IDS, row, Batch.LABELS, row));
                sum += TokenCrossEntropy.CAUSAL
                        .losses(model(), asked, batch, Pass.evaluation())
                        .perRow()
                        .item_double();
                counted++;
            }
        }
        return counted == 0 ? Double.NaN : sum / counted;
    }

    /** One text as a row without labels, as it is asked about. */
    Batch row(String text) {
        if (task == EditTask.CLASSES) {
            return rows(List.of(text), new int[1]).batch(0);
        }
        long[] ids = prompt("text", text);
        return new Batch(Map.of(Batch.INPUT_IDS, Tensors.longs(ids, 1, ids.length)));
    }

    @Override
    public void close() {
        tokenizer.close();
        files.close();
    }
}
