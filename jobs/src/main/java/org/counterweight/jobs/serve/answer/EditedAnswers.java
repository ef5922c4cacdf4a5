package org.counterweight.jobs.serve.answer;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.text.Passages;
import org.counterweight.edit.EditPoint;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.edit.input.EditedModel;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.predict.OpenTexts;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.jobs.serve.log.Beginning;
import org.counterweight.jobs.serve.log.EditLog;
import org.counterweight.model.Params;
import org.counterweight.model.generate.Generation;
import org.counterweight.weights.ledger.Digest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One model, with an adapter on it or none, with edits or none. */
public final class EditedAnswers implements Answering {
    private final Scope scope;
    private final OpenTexts opened;
    private final Params params;
    private final @Nullable Path adapter;
    private final @Nullable Edits edits;

    private EditedAnswers(Scope scope, OpenTexts opened, Params params, @Nullable Path adapter, @Nullable Edits edits) {
        this.scope = scope;
        this.opened = opened;
        this.params = params;
        this.adapter = adapter;
        this.edits = edits;
    }

    /**
     * How edits are made.
     *
     * @param settings those of GRACE; null to take those of {@code edits}, or of the log
     * @param edits directory of {@code cw edit} to begin with, or null
     * @param log directory under which each model has a log of its own; null if no edits are taken
     * @param otherwise the settings of a model that has no log yet, where nothing was said; or null
     */
    public record Editing(
            @Nullable GraceConfig settings,
            @Nullable Path edits,
            @Nullable Path log,
            @Nullable GraceConfig otherwise) {
        public static final Editing NONE = new Editing(null, null, null);

        public Editing(@Nullable GraceConfig settings, @Nullable Path edits, @Nullable Path log) {
            this(settings, edits, log, null);
        }

        public Editing {
            if (settings != null && edits != null) {
                throw new ConfigException("--edits brings its own settings; leave --layer, --settings and --set out");
            }
            if (settings != null && log == null) {
                throw new ConfigException("--layer and its like say how edits are made, and those need a place to be"
                        + " written to; name a directory with --log");
            }
        }

        boolean isNone() {
            return settings == null && edits == null && log == null;
        }

        /**
         * For another model, which goes on with its own log, or begins one.
         *
         * @param present the settings in effect, or null
         */
        public Editing forAnother(@Nullable GraceConfig present) {
            return new Editing(null, null, log, settings != null ? settings : present);
        }
    }

    /**
     * Opens a model and its edits.
     *
     * @param remarks takes what a user should know, a line each
     * @throws ConfigException if it is no model of texts, or the edits are not its own
     */
    public static EditedAnswers open(
            Path model,
            @Nullable Path adapter,
            @Nullable Integer maxLength,
            Editing editing,
            Limits limits,
            Consumer<String> remarks) {
        Scope scope = Scope.open();
        try {
            OpenTexts opened = OpenTexts.open(model, adapter, maxLength);
            try {
                opened.adapted().warnings().forEach(remarks);
                Edits edits = null;
                Params params;
                if (editing.isNone()) {
                    params = EditsDirectory.frozen(opened.adapted().computed());
                } else {
                    EditedModel edited = EditedModel.of(opened, maxLength);
                    params = edited.params();
                    edits = edits(edited, model, adapter, editing, limits, remarks);
                }
                var answers = new EditedAnswers(scope, opened, params, adapter, edits);
                scope.detach();
                return answers;
            } catch (RuntimeException e) {
                opened.close();
                throw e;
            }
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    private static Edits edits(
            EditedModel model,
            Path directory,
            @Nullable Path adapter,
            Editing editing,
            Limits limits,
            Consumer<String> remarks) {
        String base = EditsDirectory.digest(directory, adapter);
        Beginning begun = beginning(model, base, editing);
        if (editing.log() == null) {
            return new Edits(model, Objects.requireNonNull(begun).codebook(), null, limits);
        }
        EditLog log = EditLog.open(editing.log().resolve(name(base)), base, begun, remarks);
        try {
            CodebookFile first = log.beginning().codebook();
            checkSame(first, begun, editing.log());
            return new Edits(model, first, log, limits);
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private static @Nullable Beginning beginning(EditedModel model, String base, Editing editing) {
        if (editing.edits() != null) {
            CodebookFile file = EditsDirectory.open(editing.edits()).codebook();
            file.checkBase(editing.edits().toString(), base);
            return new Beginning(file, Digest.sha256(editing.edits().resolve(EditsDirectory.FILE)));
        }
        GraceConfig settings = editing.settings();
        if (settings == null
                && editing.log() != null
                && !EditLog.isThere(editing.log().resolve(name(base)))) {
            settings = editing.otherwise();
        }
        return settings == null
                ? null
                : Beginning.empty(
                        settings, EditPoint.of(model.model(), settings.layer()).name(), base);
    }

    /** Refuses to go on with a log under settings that are not its own. */
    private static void checkSame(CodebookFile logged, @Nullable Beginning asked, Path log) {
        if (asked == null || asked.origin() != null) {
            return;
        }
        ObjectNode theirs = Configs.tree(asked.codebook().config())
                .put("layer", asked.codebook().layer());
        ObjectNode own = Configs.tree(logged.config()).put("layer", logged.layer());
        for (String key : own.propertyNames()) {
            if (!own.path(key).equals(theirs.path(key))) {
                throw new ConfigException("grace." + key + ": " + theirs.path(key) + " is not that of the log in " + log
                        + ", " + own.path(key) + ", which has its own settings; leave --layer, --settings and --set"
                        + " out, or name another directory with --log");
            }
        }
    }

    /** What the directory of a model's log is called. */
    private static String name(String base) {
        String[] parts = base.split("\\+");
        var name = new StringBuilder();
        for (String part : parts) {
            name.append(name.length() == 0 ? "" : "+").append(part, 0, Math.min(16, part.length()));
        }
        return name.toString();
    }

    @Override
    public List<ObjectNode> answers(Passages texts, @Nullable Generation generation, int top) {
        return opened.answers(texts, told -> edits == null ? params : edits.params(told), generation, top);
    }

    @Override
    public boolean joins() {
        return !opened.writes();
    }

    @Override
    public @Nullable Edits edits() {
        return edits;
    }

    /** The adapter on it, or null. */
    public @Nullable Path adapter() {
        return adapter;
    }

    @Override
    public ObjectNode described() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("model", opened.directory().toString());
        json.put("adapter", adapter == null ? null : adapter.toString());
        json.putNull("dawin");
        json.put("goes_on", opened.writes());
        var labels = json.putArray("classes");
        if (!opened.writes() && opened.kind() != TaskKind.MASKED_LM) {
            ModelDescription.labels(opened.adapted().config()).forEach(labels::add);
        }
        return json;
    }

    @Override
    public void close() {
        if (edits != null) {
            edits.close();
        }
        opened.close();
        scope.close();
    }
}
