package org.counterweight.jobs.edit.input;

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
import org.counterweight.data.text.AnsweredTexts;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.GraceTap;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.predict.OpenTexts;
import org.counterweight.jobs.predict.TextClassifier;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.generate.Generation;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.jspecify.annotations.Nullable;

/**
 * A model that is edited, opened: texts and wanted answers become requests, and its answers are judged. Belongs to the open
 * scope.
 */
public final class EditedModel implements AutoCloseable {
    /** How far the answer of a model that writes is looked at where none is wanted. */
    private static final int ANSWER = 8;

    private final OpenTexts opened;
    private final AdaptedModel adapted;
    private final Params params;
    private final TextTokenizer tokenizer;
    private final EditTask task;
    private final List<String> labels;

    private EditedModel(OpenTexts opened) {
        this.opened = opened;
        this.adapted = opened.adapted();
        this.task = switch (opened.kind()) {
            case CAUSAL_LM -> EditTask.TOKENS;
            case TEXT_TO_TEXT -> EditTask.ANSWERS;
            default -> EditTask.CLASSES;
        };
        this.labels = ModelDescription.labels(adapted.config());
        this.params = EditsDirectory.frozen(adapted.computed());
        this.tokenizer = opened.tokenizer();
    }

    /**
     * A model that is open already, and that {@link #close} closes.
     *
     * @param maxLength tokens of a text that the user allowed, or null
     * @throws ConfigException if its answers are of a kind that cannot be edited
     */
    public static EditedModel of(OpenTexts opened, @Nullable Integer maxLength) {
        if (opened.kind() == TaskKind.MASKED_LM || opened.kind() == TaskKind.TOKEN_CLASSIFICATION) {
            throw new ConfigException(opened.directory()
                    + (opened.kind() == TaskKind.MASKED_LM ? ": fills gaps, and" : ": tells entities, and")
                    + " edits are of classifiers and of models that write;"
                    + " name a model that tells classes, one that goes on with texts, or one that answers them");
        }
        if (!opened.writes()) {
            TextClassifier.check(opened.directory(), opened.adapted(), maxLength);
        }
        return new EditedModel(opened);
    }

    public static EditedModel open(Path directory, @Nullable Path adapter, @Nullable Integer maxLength) {
        OpenTexts opened = OpenTexts.open(directory, adapter, maxLength);
        try {
            return of(opened, maxLength);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    public Model model() {
        return adapted.model();
    }

    /** What it is asked with before the first edit: nothing in it requires a gradient. */
    public Params params() {
        return params;
    }

    public EditTask task() {
        return task;
    }

    /** The names of a classifier's classes; none of a model that writes. */
    public List<String> labels() {
        return task == EditTask.CLASSES ? labels : List.of();
    }

    /** What is wanted, as people read it: a class's name, or the tokens as text. */
    public String shown(long[] label) {
        return task == EditTask.CLASSES
                ? labels.get(Math.toIntExact(label[0]))
                : tokenizer.decode(label).strip();
    }

    /**
     * An answer that is to be corrected.
     *
     * @param name for messages
     * @throws ConfigException if the wanted class is none of the model's, or the text is too long for it
     */
    public EditRequest request(String name, String text, String wanted) {
        return switch (task) {
            case CLASSES -> ofClass(name, text, wanted);
            case TOKENS -> ofTokens(name, text, wanted);
            case ANSWERS -> ofAnswer(name, text, wanted);
        };
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
        new ModelDescription(adapted.config(), adapted.model()).checkLength(name + ": prompt and target,", ids.length);
        long[] expected = ids.clone();
        Arrays.fill(expected, 0, before.length, -100);
        var row = new Batch(Map.of(
                Batch.INPUT_IDS, Tensors.longs(ids, 1, ids.length),
                Batch.LABELS, Tensors.longs(expected, 1, ids.length),
                GraceTap.KEY_TOKEN, Tensors.longs(new long[] {before.length - 1})));
        return new EditRequest(name, prompt, row, after);
    }

    /** The whole text asks; labels are the answer's tokens and the one that ends it. */
    private EditRequest ofAnswer(String name, String text, String answer) {
        long[] asked = prompt(name, text);
        TokenRows answers = tokenizer.encode(List.of(answer));
        new ModelDescription(adapted.config(), adapted.model()).checkLength(name + ": the text", asked.length);
        return new EditRequest(name, text, answered(List.of(text), answers).batch(0), answers.ids(0));
    }

    private AnsweredTexts answered(List<String> texts, TokenRows answers) {
        return new AnsweredTexts(
                tokenizer.encode(texts),
                answers,
                tokenizer.padId(),
                model().answerStart().orElseThrow());
    }

    private long[] prompt(String name, String text) {
        long[] ids = tokenizer.encode(List.of(text)).ids(0);
        if (ids.length == 0) {
            throw new ConfigException(name + ": \"" + text + "\" has no token");
        }
        return ids;
    }

    /** Which of the requests these parameters answer as wanted. */
    public boolean[] right(Params asked, List<EditRequest> requests) {
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

    public long[] classes(Params asked, List<String> texts) {
        try (var scope = Scope.open()) {
            Tensor logits = TextClassifier.logits(
                    opened.directory(), model(), asked, rows(texts, new int[texts.size()]), labels.size());
            return Tensors.toLongs(logits.argmax(new LongOptional(1), false));
        }
    }

    /** What the model says about each text: a class, or the next few tokens. */
    public List<String> answers(Params asked, List<String> texts) {
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
    public double loss(Params asked, List<String> texts) {
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
    public Batch row(String text) {
        if (task == EditTask.CLASSES) {
            return rows(List.of(text), new int[1]).batch(0);
        }
        if (task == EditTask.ANSWERS) {
            return answered(List.of(text), tokenizer.encode(List.of(text)))
                    .batch(0); // layers of the encoder see no answer
        }
        long[] ids = prompt("text", text);
        return new Batch(Map.of(Batch.INPUT_IDS, Tensors.longs(ids, 1, ids.length)));
    }

    @Override
    public void close() {
        opened.close();
    }
}
