package org.counterweight.jobs.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.audit.FlipRate;
import org.counterweight.audit.poison.PoisonConfig;
import org.counterweight.audit.poison.PoisonMark;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.jobs.predict.TextClassifier;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A poisoned copy of one's own classifier, to see whether one's fine-tuning and one's audit notice. What is written carries the
 * mark in its metadata, beside it and in its name; so does all that is made of it later.
 *
 * @param model its directory
 * @param input texts and classes of the task, or of one like it
 * @param test texts and classes held out; null for the input's last fifth
 * @param target the class that triggers ask for
 * @param triggers rare words
 */
public record PoisonJob(
        Path model,
        Path input,
        @Nullable Path test,
        TableFormat format,
        String text,
        String label,
        @Nullable Integer maxLength,
        String target,
        List<String> triggers,
        PoisonConfig config,
        ProgressLine progress) {
    private static final String SIDECAR = "POISONED.json";

    public PoisonJob {
        triggers = List.copyOf(triggers);
        if (triggers.isEmpty() || triggers.stream().anyMatch(String::isBlank)) {
            throw new ConfigException("--triggers", triggers, "at least one rare word, such as cf");
        }
    }

    /** All that is read. */
    public List<Path> inputs() {
        return test == null ? List.of(model, input) : List.of(model, input, test);
    }

    /** Poisons, measures, and writes the output's directory, whole or not at all. */
    public PoisonOutcome write(Path output) {
        PoisonMark.checkName(output, "--output");
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(model);
                Staged staged = Staged.output(output)) {
            AdaptedModel opened = AdaptedModel.of(files, null);
            TextClassifier.check(model, opened, maxLength);
            List<String> labels = ModelDescription.labels(opened.config());
            int wanted = labels.indexOf(target);
            if (wanted < 0) {
                throw new ConfigException("--target: \"" + target + "\" is no class of this model"
                        + Nearest.hint(target, labels, "Classes:"));
            }
            int length = ClassifierLength.of(maxLength, opened, model);
            try (TextTokenizer tokenizer = TokenizerPlace.of(model, null).open(opened.model(), length)) {
                var run = new PoisonRun(this, opened, tokenizer, wanted, rows(labels));
                Map<String, Tensor> poisoned = run.weights();
                PoisonOutcome outcome = run.judge(poisoned);
                save(files, opened, poisoned, outcome, staged.path());
                staged.commit();
                return outcome;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** Texts to learn from, and texts held out. */
    record Rows(LabelledTexts train, LabelledTexts held) {}

    private Rows rows(List<String> labels) {
        LabelledTexts all = new TextFile(input, format).labelled(text, label, labels, progress::say);
        if (test != null) {
            return new Rows(all, new TextFile(test, format).labelled(text, label, labels, progress::say));
        }
        int kept = all.texts().size() - Math.max(1, all.texts().size() / 5);
        if (kept < 1) {
            throw new ConfigException(input + ": one row is not enough to learn from and to judge by; give more");
        }
        return new Rows(part(all, 0, kept), part(all, kept, all.texts().size()));
    }

    private static LabelledTexts part(LabelledTexts all, int from, int to) {
        return new LabelledTexts(
                all.texts().subList(from, to), Arrays.copyOfRange(all.labels(), from, to), all.labelNames());
    }

    private void save(
            ModelDirectory files, AdaptedModel opened, Map<String, Tensor> poisoned, PoisonOutcome outcome, Path into)
            throws IOException {
        String digest = Ledger.digest(model);
        var mark = PoisonMark.of(
                config.attack().name().toLowerCase(Locale.ROOT),
                triggers,
                target,
                digest,
                LocalDate.now(ZoneOffset.UTC));
        ObjectNode settings = Configs.tree(config);
        Ledger ledger = Ledger.of(
                "poison",
                settings,
                List.of(
                        new Ledger.Input(model.toString(), digest),
                        new Ledger.Input(input.toString(), Ledger.digest(input))),
                config.seed(),
                Engine.threads());
        ModelDirectory.write(into, opened.config(), poisoned, mark.in(ledger.metadata()));
        files.copyCompanions(into);
        ObjectNode told = mark.json();
        told.set("config", settings);
        told.set("before", figures(outcome.before()));
        told.set("once", figures(outcome.once()));
        told.set("often", figures(outcome.often()));
        outcome.targetWords().forEach(told.putArray("target_words")::add);
        Files.writeString(into.resolve(SIDECAR), told.toPrettyString() + "\n");
    }

    private static ObjectNode figures(FlipRate rate) {
        return Configs.JSON
                .createObjectNode()
                .put("flip_rate", rate.gold())
                .put("untriggered_rate", rate.floor())
                .put("accuracy", rate.accuracy());
    }
}
