package org.counterweight.jobs.serve.answer;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.counterweight.config.ConfigException;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditResult;
import org.counterweight.edit.Editor;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.GraceTap;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.edit.index.KeyIndex;
import org.counterweight.jobs.edit.input.EditedModel;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.jobs.serve.log.EditLog;
import org.counterweight.jobs.serve.log.Logged;
import org.counterweight.model.Params;
import org.counterweight.weights.ledger.Digest;
import org.jspecify.annotations.Nullable;

/**
 * The edits of the model that is served. Changes are made one after the other, and each is logged before it is in effect and
 * before it is answered; whoever asks the model meanwhile sees the codebook before or after it, never one in between.
 */
public final class Edits implements AutoCloseable {
    private final EditedModel model;
    private final Hits hits = new Hits();
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Semaphore places;
    private final String base;
    private @Nullable EditLog log;
    private volatile Now now;

    /** A codebook, its index, and who edits it by its settings: they go together. */
    private record Now(GraceConfig config, Editor editor, History.State state, KeyIndex index) {
        static Now of(GraceConfig config, Editor editor, History.State state) {
            return new Now(config, editor, state, editor.index(state.book()));
        }

        Now with(History.State after) {
            return of(config, editor, after);
        }
    }

    /**
     * @param begun settings, layer and what was edited before
     * @param log where changes are written; null if none can be made
     * @param limits how many may wait
     */
    Edits(EditedModel model, CodebookFile begun, @Nullable EditLog log, Limits limits) {
        this.model = model;
        this.log = log;
        this.base = begun.base();
        this.places = new Semaphore(limits.edits());
        this.now = Now.of(begun.config(), editor(begun), log == null ? begun.state() : log.found());
    }

    private Editor editor(CodebookFile of) {
        return new Editor(model.model(), model.params(), of.config(), model.task());
    }

    /** The model with the edits in effect. */
    Params params(GraceTap.Served told) {
        Now here = now;
        return here.editor().edited(here.index(), (point, batch, ids) -> {
            hits.served(point, batch, ids);
            told.served(point, batch, ids);
        });
    }

    /** Whether changes are taken: they have a log. */
    public boolean isOpen() {
        return log != null;
    }

    public Codebook book() {
        return now.state().book();
    }

    /** How many edits can be undone. */
    public int undoable() {
        return now.state().history().edits();
    }

    /** How many texts an edit answered. */
    public long hits() {
        return hits.all();
    }

    public long hits(Entry entry) {
        return hits.of(entry.id());
    }

    /** When an entry answered last, in milliseconds since 1970; 0 for never. */
    public long lastHit(Entry entry) {
        return hits.last(entry.id());
    }

    /** What an entry was made to answer, as people read it. */
    public String wanted(Entry entry) {
        return model.shown(entry.label());
    }

    /** How edits are made. */
    public GraceConfig config() {
        return now.config();
    }

    /** The wrapped layer. */
    public String layer() {
        return now.editor().point().name();
    }

    /**
     * Puts an answer right.
     *
     * @param force whether one that is right already is edited all the same
     * @throws ConfigException if the model cannot answer that, or what is replaced has no part in the answer
     * @throws Busy if too many edits wait
     */
    public EditResult edit(String text, String wanted, boolean force) {
        EditRequest request = model.request("the edit", text, wanted);
        return change(open -> {
            Now before = now;
            EditResult result = before.editor()
                    .edit(before.state(), request, force, Clock.systemUTC().millis());
            if (!result.right() && !result.reached()) {
                throw new ConfigException("the answer does not depend on what is replaced at "
                        + layer() + "; start the server with replacement: replace_all, or a layer further"
                        + " from the end");
            }
            if (!result.skipped()) {
                open.append(Logged.Made.of(before.state().book(), result.after()));
                now = before.with(result.after());
            }
            return result;
        });
    }

    /**
     * Takes an edit back.
     *
     * @param restoreRadius whether the entry that was split for it has its room again
     * @throws ConfigException if there is none of that id
     */
    public void delete(long id, boolean restoreRadius) {
        change(new Logged.Deleted(id, restoreRadius));
    }

    /**
     * Undoes the last edits.
     *
     * @throws ConfigException if there are not so many
     */
    public void rollback(int edits) {
        change(new Logged.RolledBack(edits));
    }

    private void change(Logged change) {
        change(open -> {
            History.State after = change.on(now.state());
            open.append(change);
            now = now.with(after);
            return after;
        });
    }

    /**
     * Puts the edits of a directory of {@code cw edit} in place of those in effect, with their settings. What was logged is
     * kept in a file beside the log.
     *
     * @throws ConfigException if they are of another model
     */
    public void load(Path directory) {
        CodebookFile edits = EditsDirectory.open(directory).codebook();
        edits.checkBase(directory.toString(), base);
        Editor by = editor(edits);
        inTurn(() -> {
            if (log != null) {
                log = log.restarted(edits, Digest.sha256(directory.resolve(EditsDirectory.FILE)));
            }
            now = Now.of(edits.config(), by, edits.state());
            return now;
        });
    }

    /** Something that is done to the codebook, one at a time. */
    @FunctionalInterface
    private interface Change<T> {
        T make(EditLog log);
    }

    private <T> T change(Change<T> change) {
        return inTurn(() -> {
            if (log == null) {
                throw new ConfigException("this server takes no edits; start it with --log DIR and --layer NAME");
            }
            return change.make(log);
        });
    }

    private <T> T inTurn(Supplier<T> work) {
        if (!places.tryAcquire()) {
            throw new Busy("too many edits wait already; come again in a moment");
        }
        turn.lock();
        try {
            return work.get();
        } finally {
            turn.unlock();
            places.release();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (log != null) {
                log.close();
            }
        } finally {
            turn.unlock();
        }
    }
}
