package org.counterweight.jobs.edit;

import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditResult;
import org.counterweight.edit.Editor;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.GraceTap;
import org.counterweight.edit.codebook.Action;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.jobs.edit.input.EditedModel;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.model.Params;
import tools.jackson.databind.node.ObjectNode;

/** GRACE: a codebook at one layer. */
final class GraceCorrecting implements Correcting {
    private final GraceConfig config;
    private final Editor editor;
    private final String base;
    private History.State state;

    /** @param base the SHA-256 of the model */
    GraceCorrecting(EditedModel model, GraceConfig config, History.State begun, String base) {
        this.config = config;
        this.editor = new Editor(model.model(), model.params(), config, model.task());
        this.base = base;
        this.state = begun;
    }

    Editor editor() {
        return editor;
    }

    CodebookFile file() {
        return new CodebookFile(config, editor.point().name(), base, state);
    }

    @Override
    public Corrected correct(EditRequest request, boolean force) {
        EditResult result =
                editor.edit(state, request, force, Clock.systemUTC().millis());
        if (!result.right() && !result.reached()) { // nor would any other of the stream
            throw new ConfigException(request.name() + ": the answer does not depend on what is replaced at "
                    + editor.point().name() + "; take replacement: replace_all, or a layer further from the end");
        }
        state = result.after();
        Action action = result.action();
        return new Corrected(
                action == null ? Corrected.NONE : action.name().toLowerCase(Locale.ROOT),
                result.entry(),
                result.losses(),
                result.right());
    }

    @Override
    public Params params(GraceTap.Served served) {
        return editor.edited(state.book(), served);
    }

    @Override
    public int entries() {
        return state.book().size();
    }

    @Override
    public void save(Path directory) {
        file().write(directory.resolve(EditsDirectory.FILE), Map.of());
    }

    @Override
    public String method() {
        return "grace";
    }

    @Override
    public ObjectNode settings() {
        return Configs.tree(config);
    }

    @Override
    public Map<String, String> facts() {
        var facts = new LinkedHashMap<String, String>();
        facts.put("layer", editor.point().name());
        double[] radii = state.book().entries().stream()
                .mapToDouble(Entry::radius)
                .sorted()
                .toArray();
        if (radii.length > 0) {
            facts.put(
                    "radii",
                    String.format(
                            Locale.ROOT,
                            "%.4g to %.4g, half of them up to %.4g",
                            radii[0],
                            radii[radii.length - 1],
                            radii[radii.length / 2]));
        }
        return facts;
    }

    @Override
    public void close() {}
}
