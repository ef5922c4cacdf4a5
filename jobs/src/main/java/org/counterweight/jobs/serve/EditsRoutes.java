package org.counterweight.jobs.serve;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.counterweight.config.Configs;
import org.counterweight.edit.EditResult;
import org.counterweight.edit.codebook.Action;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.jobs.serve.answer.Edits;
import org.counterweight.jobs.serve.answer.Served;
import org.counterweight.jobs.serve.http.Asking;
import org.counterweight.jobs.serve.http.Refusal;
import org.counterweight.jobs.serve.http.Reply;
import org.counterweight.jobs.serve.http.Route;
import tools.jackson.databind.node.ObjectNode;

/** Edits over HTTP: made, listed, deleted, undone. */
record EditsRoutes(Served served) {
    private static final int SHOWN = 50;
    private static final int MOST = 500;

    List<Route> all() {
        return List.of(
                Route.guarded("POST", "/edit", this::edit),
                Route.get("/edits", this::list),
                Route.guarded("POST", "/edits/rollback", this::rollback),
                Route.guarded("DELETE", "/edits/", this::delete));
    }

    /** With the edits of what is served now; there may be none. */
    private <T> T with(Function<Edits, T> user) {
        return served.with(answering -> {
            Edits edits = answering.edits();
            if (edits == null) {
                throw new Refusal(
                        409, "what is served takes no edits; start the server with --log DIR and --layer NAME");
            }
            return user.apply(edits);
        });
    }

    /** The same where changes are taken. */
    private <T> T withOpen(Function<Edits, T> user) {
        return with(edits -> {
            if (!edits.isOpen()) {
                throw new Refusal(409, "this server only reads its edits; start it with --log DIR to take more");
            }
            return user.apply(edits);
        });
    }

    private Reply edit(Asking asking) {
        asking.allow("text", "prompt", "label", "target_new", "target", "force");
        String text = asking.text("text", "prompt");
        String wanted = asking.text("label", "target_new", "target");
        boolean force = asking.flag("force");
        return withOpen(edits -> {
            EditResult result = edits.edit(text, wanted, force);
            ObjectNode json = Configs.JSON.createObjectNode();
            Action action = result.action();
            json.put("action", action == null ? "none" : action.name().toLowerCase(Locale.ROOT));
            if (action != null) {
                json.put("edit", result.entry());
                json.put("loss", result.losses()[result.losses().length - 1]);
            }
            return Reply.json(json.put("right", result.right()));
        });
    }

    private Reply list(Asking asking) {
        asking.allow("from", "limit");
        int from = asking.number("from", 0, Integer.MAX_VALUE, 0);
        int limit = asking.number("limit", 1, MOST, SHOWN);
        return served.with(answering -> {
            ObjectNode json = Configs.JSON.createObjectNode();
            Edits edits = answering.edits();
            json.put("takes_edits", edits != null && edits.isOpen());
            var list = json.putArray("edits");
            if (edits == null) {
                return Reply.json(json.put("entries", 0).put("undoable", 0));
            }
            Codebook book = edits.book();
            json.put("layer", edits.layer())
                    .put("entries", book.size())
                    .put("undoable", edits.undoable())
                    .put("from", from);
            for (int place = from; place < Math.min(book.size(), (long) from + limit); place++) {
                list.add(told(edits, book, place));
            }
            return Reply.json(json);
        });
    }

    private static ObjectNode told(Edits edits, Codebook book, int place) {
        Entry entry = book.entries().get(place);
        double nearest = book.toNearestOther(place);
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("edit", entry.id())
                .put("text", entry.source())
                .put("wanted", edits.wanted(entry))
                .put("radius", entry.radius())
                .put("key_norm", book.distance().between(entry.key(), new double[entry.key().length]));
        json.put("nearest", Double.isFinite(nearest) ? (Double) nearest : null);
        long last = edits.lastHit(entry);
        return json.put("hits", edits.hits(entry))
                .put("last_hit", last == 0 ? null : (Long) last)
                .put("made", entry.time());
    }

    private Reply delete(Asking asking) {
        asking.allow("restore_radius");
        long id = asking.id();
        boolean restore = asking.flag("restore_radius");
        return withOpen(edits -> {
            if (edits.book().place(id).isEmpty()) {
                throw new Refusal(404, "there is no edit " + id + "; GET /edits lists them");
            }
            edits.delete(id, restore);
            return Reply.json(Configs.JSON
                    .createObjectNode()
                    .put("deleted", id)
                    .put("entries", edits.book().size()));
        });
    }

    private Reply rollback(Asking asking) {
        asking.allow("edits");
        int count = asking.number("edits", 1);
        return withOpen(edits -> {
            edits.rollback(count);
            return Reply.json(Configs.JSON
                    .createObjectNode()
                    .put("undone", count)
                    .put("entries", edits.book().size()));
        });
    }
}
