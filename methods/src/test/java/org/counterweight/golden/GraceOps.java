package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.longs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditResult;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.Editor;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.GraceTap;
import org.counterweight.edit.ValueStart;
import org.counterweight.edit.baseline.Defer;
import org.counterweight.edit.baseline.Memory;
import org.counterweight.edit.baseline.RecentFisher;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Distance;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.Found;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.codebook.Maintenance;
import org.counterweight.edit.codebook.Wanted;
import org.counterweight.edit.measure.TokenF1;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.update.baseline.Ewc;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.TokenCrossEntropy;
import tools.jackson.databind.node.ObjectNode;

final class GraceOps {
    static final Map<String, Op> ALL = Map.of(
            "edit_sequence", GraceOps::editSequence,
            "lookup_replace", GraceOps::lookupReplace,
            "lookup_distance", GraceOps::lookupDistance,
            "edit_train", GraceOps::editTrain,
            "delete_entry", GraceOps::deleteEntry,
            "metrics", GraceOps::metrics,
            "baseline_adaptors", GraceOps::baselines,
            "ewc_penalty", GraceOps::ewc);

    private static final List<String> SETTINGS = List.of(
            "eps",
            "n_iter",
            "edit_lr",
            "val_init",
            "eps_expand",
            "replacement",
            "dist_fn",
            "label_match",
            "split_gap",
            "split_never_grows",
            "on_duplicate",
            "duplicate_tol",
            "anchors");

    private GraceOps() {}

    /** The official code's settings but for what the case says. */
    private static GraceConfig config(GoldenCase golden) {
        ObjectNode tree = Configs.yaml(
                "{layer: l2, key_token: last, split_never_grows: false, anchors: false, on_duplicate: split}", "case");
        for (String key : SETTINGS) {
            if (golden.params().has(key)) {
                tree.set(key, golden.params().get(key));
            }
        }
        if (golden.params().has("eps_init")) {
            tree.set("eps", golden.params().get("eps_init"));
        }
        if (golden.params().has("prompt_exclusive")) {
            tree.put("inclusive", !golden.params().get("prompt_exclusive").asBoolean());
        }
        return Configs.bind(tree, GraceConfig.class, "");
    }

    private static double[][] rows(Tensor matrix) {
        int width = (int) matrix.size(1);
        double[] flat = Tensors.toDoubles(matrix);
        double[][] rows = new double[(int) matrix.size(0)][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * width, (i + 1) * width));
        return rows;
    }

    private static long[][] tokens(Tensor labels) {
        Tensor matrix = labels.dim() == 1 ? labels.unsqueeze(1) : labels;
        int width = (int) matrix.size(1);
        long[] flat = Tensors.toLongs(matrix);
        long[][] rows = new long[(int) matrix.size(0)][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * width, (i + 1) * width));
        return rows;
    }

    private static Tensor matrix(List<double[]> rows) {
        return doubles(
                rows.stream().flatMapToDouble(Arrays::stream).toArray(),
                rows.size(),
                rows.isEmpty() ? 0 : rows.get(0).length);
    }

    private static Tensor keys(Codebook book) {
        return matrix(book.entries().stream().map(Entry::key).toList());
    }

    private static Tensor values(Codebook book) {
        return matrix(book.entries().stream().map(Entry::value).toList());
    }

    private static Tensor radii(Codebook book) {
        return doubles(book.entries().stream().mapToDouble(Entry::radius).toArray());
    }

    private static Codebook book(GoldenCase golden, Distance distance) {
        double[][] keys = rows(golden.in("keys"));
        double[] eps = Tensors.toDoubles(golden.in("eps"));
        Tensor given = golden.inputs().get("values");
        double[][] values = given == null ? new double[keys.length][1] : rows(given);
        Tensor numbers = golden.inputs().get("ids");
        long[] ids = numbers == null ? null : Tensors.toLongs(numbers);
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < keys.length; i++) {
            entries.add(
                    new Entry(ids == null ? i : ids[i], keys[i], values[i], eps[i], new long[] {0}, List.of(), "", 0));
        }
        return new Codebook(distance, entries, 1_000_000);
    }

    private static Map<String, Tensor> found(Codebook book, Tensor queries, String prefix) {
        double[][] rows = rows(queries);
        Found[] found = new Found[rows.length];
        Arrays.setAll(found, i -> book.nearest(rows[i]));
        return Map.of(
                prefix + "index",
                longs(Arrays.stream(found).mapToLong(Found::place).toArray()),
                prefix + "dist",
                doubles(Arrays.stream(found).mapToDouble(Found::distance).toArray()),
                prefix + "hit",
                longs(Arrays.stream(found).mapToLong(f -> f.hit() ? 1 : 0).toArray()));
    }

    private static Map<String, Tensor> editSequence(GoldenCase golden) {
        GraceConfig config = config(golden);
        double[][] queries = rows(golden.in("queries"));
        long[][] labels = tokens(golden.in("labels"));
        Codebook book = Codebook.empty(config.distFn());
        long[] action = new long[queries.length];
        long[] entry = new long[queries.length];
        long[] size = new long[queries.length];
        for (int i = 0; i < queries.length; i++) {
            Maintenance.Step step =
                    config.maintenance().apply(book, new Wanted(queries[i], labels[i], new double[1], "", 0));
            book = step.after();
            action[i] = step.action().ordinal();
            entry[i] = step.place();
            size[i] = book.size();
        }
        var out = new LinkedHashMap<>(found(book, golden.in("probe"), "probe_"));
        out.put("action", longs(action));
        out.put("entry", longs(entry));
        boolean finalAlone = golden.outputs().get("num_keys").numel() == 1;
        out.put("num_keys", longs(finalAlone ? new long[] {book.size()} : size));
        out.put("keys", keys(book));
        out.put("eps", radii(book));
        long[] flat = book.entries().stream()
                .flatMapToLong(e -> Arrays.stream(e.label()))
                .toArray();
        out.put("key_labels", longs(flat, book.size(), flat.length / book.size()));
        return out;
    }

    private static Map<String, Tensor> lookupReplace(GoldenCase golden) {
        GraceConfig config = config(golden);
        Codebook book = book(golden, config.distFn());
        Tensor x = golden.in("x");
        Tensor y = linear(x, golden.in("layer.weight"), golden.inputs().get("layer.bias"));
        Tensor keyId = golden.in("key_id");
        var batch = new Batch(Map.of(GraceTap.KEY_TOKEN, keyId));
        Tensor replaced =
                GraceTap.of(book, config).apply("l2", x, y, Pass.evaluation().over(batch));
        var last = new Scalar(x.size(1) - 1);
        Tensor tau = torch.where(keyId.lt(new Scalar(0L)), torch.full_like(keyId, last), keyId.clamp_max(last));
        Tensor queries =
                x.gather(1, tau.view(-1, 1, 1).expand(x.size(0), 1, x.size(2))).squeeze(1);
        var out = new LinkedHashMap<>(found(book, queries, ""));
        out.put("y", replaced);
        return out;
    }

    private static Map<String, Tensor> lookupDistance(GoldenCase golden) {
        return found(book(golden, config(golden).distFn()), golden.in("query"), "");
    }

    private static Map<String, Tensor> deleteEntry(GoldenCase golden) {
        GraceConfig config = config(golden);
        Codebook before = book(golden, config.distFn());
        Codebook after = History.NONE
                .delete(before, golden.params().required("delete_id").asLong(), false)
                .book();
        var out = new LinkedHashMap<>(found(after, golden.in("query"), ""));
        out.put("ids", longs(after.entries().stream().mapToLong(Entry::id).toArray()));
        out.put("keys", keys(after));
        out.put("values", values(after));
        out.put("eps", radii(after));
        return out;
    }

    /** relu(l1), l2 under the codebook, relu, l3. */
    private record Net() implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass how) {
            Pass pass = how.over(batch);
            Tensor x = torch.relu(params.linear("l1", batch.get("x"), pass));
            Tensor y = torch.relu(params.tap("l2", x, params.linear("l2", x, pass), pass));
            return new Output(params.linear("l3", y, pass), y);
        }

        @Override
        public Map<String, long[]> shapes() {
            throw new UnsupportedOperationException("a golden case brings its weights");
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            throw new UnsupportedOperationException("a golden case brings its weights");
        }

        @Override
        public Modules modules() {
            return Modules.ofLinears(List.of("l1", "l2", "l3"));
        }

        @Override
        public List<String> points() {
            return List.of("l2");
        }
    }

    private static Map<String, Tensor> editTrain(GoldenCase golden) {
        ObjectNode replaceAll = golden.params().deepCopy();
        replaceAll.put("replacement", "replace_all");
        GraceConfig config = config(with(golden, replaceAll));
        var weights = new LinkedHashMap<String, Tensor>();
        golden.inputs().forEach((name, tensor) -> {
            if (name.startsWith("l") && name.contains(".")) {
                weights.put(name, tensor);
            }
        });
        Params params = Params.of(weights);
        Tensor given = golden.inputs().get("value_init");
        double[][] fresh = given == null ? new double[0][] : rows(given);
        var model = new Net();
        var editor = new Editor(
                model,
                params,
                config,
                EditTask.CLASSES,
                (edit, output) -> config.valInit() == ValueStart.WARM ? output : fresh[edit]);
        Tensor x = golden.in("x");
        long[] labels = Tensors.toLongs(golden.in("labels"));
        History.State state = History.State.empty(config.distFn());
        double[] losses = new double[labels.length * config.nIter()];
        for (int i = 0; i < labels.length; i++) {
            var row =
                    new Batch(Map.of("x", Tensors.slice(x, 0, i, i + 1), Batch.LABELS, longs(new long[] {labels[i]})));
            EditResult result =
                    editor.edit(state, new EditRequest("edit " + i, "", row, new long[] {labels[i]}), true, 0);
            state = result.after();
            System.arraycopy(result.losses(), 0, losses, i * config.nIter(), config.nIter());
        }
        Params edited = editor.edited(state.book());
        return Map.of(
                "keys", keys(state.book()),
                "eps", radii(state.book()),
                "values", values(state.book()),
                "loss", doubles(losses, labels.length, config.nIter()),
                "logits",
                        model.forward(edited, new Batch(Map.of("x", x)), Pass.evaluation())
                                .logits(),
                "probe_logits",
                        model.forward(edited, new Batch(Map.of("x", golden.in("probe"))), Pass.evaluation())
                                .logits());
    }

    private static GoldenCase with(GoldenCase golden, ObjectNode params) {
        return new GoldenCase(
                golden.directory(),
                golden.method(),
                golden.op(),
                params,
                golden.rtol(),
                golden.atol(),
                golden.inputs(),
                golden.outputs());
    }

    private static Map<String, Tensor> metrics(GoldenCase golden) {
        long pad = golden.params().path("pad_id").asLong(0);
        long ignored = golden.params().path("ignore_index").asLong(-100);
        long[][] predicted = tokens(golden.in("pred_tokens"));
        long[][] gold = tokens(golden.in("gold_tokens"));
        double[] set = new double[gold.length];
        double[] multiset = new double[gold.length];
        for (int row = 0; row < gold.length; row++) {
            long[] p = Arrays.stream(predicted[row]).filter(t -> t != pad).toArray();
            long[] g = Arrays.stream(gold[row]).filter(t -> t != ignored).toArray();
            set[row] = TokenF1.SET.of(p, g);
            multiset[row] = TokenF1.MULTISET.of(p, g);
        }
        Tensor labels = golden.in("lm_labels");
        Objective.Losses losses = TokenCrossEntropy.CAUSAL.losses(golden.in("lm_logits"), labels);
        Tensor units = losses.units().to(ScalarType.Double);
        double mean =
                losses.perRow().mul(units).sum().item_double() / units.sum().item_double();
        Tensor right = golden.in("clf_logits")
                .argmax(new LongOptional(1), false)
                .eq(golden.in("clf_labels"))
                .to(ScalarType.Double)
                .mean();
        return Map.of(
                "accuracy", right,
                "f1_set", doubles(set),
                "f1_multiset", doubles(multiset),
                "perplexity", doubles(new double[] {Math.exp(mean)}).reshape(new long[0]));
    }

    private static Map<String, Tensor> baselines(GoldenCase golden) {
        Tensor x = golden.in("x");
        Tensor y = linear(x, golden.in("layer.weight"), golden.in("layer.bias"));
        long keyId = golden.params().required("key_id").asLong();
        Tensor query = x.select(1, keyId);
        var defer = new Defer(
                golden.in("defer.weight"),
                golden.in("defer.bias"),
                golden.in("predict_values.weight"),
                golden.in("predict_values.bias"),
                golden.params().required("threshold").asDouble(),
                true);
        var hard = new Defer(
                defer.gate(), defer.gateBias(), defer.prediction(), defer.predictionBias(), defer.threshold(), false);
        var memory = new Memory(golden.in("memory.fc.weight"), golden.in("memory.fc.bias"), golden.in("memory.values"));
        return Map.of(
                "defer_train", defer.replaced(query, y),
                "defer_eval", hard.replaced(query, y),
                "memory", memory.recalled(query));
    }

    private static Map<String, Tensor> ewc(GoldenCase golden) {
        Tensor stacked = golden.in("grads");
        List<Tensor> gradients = new ArrayList<>();
        for (long i = 0; i < stacked.size(0); i++) {
            gradients.add(stacked.select(0, i));
        }
        Tensor fisher = RecentFisher.of(
                gradients, golden.params().required("fisher_mem").asInt());
        Tensor param = golden.in("param").detach().requires_grad_(true);
        var spring = new Ewc(
                golden.params().required("ewc_lambda").asDouble(),
                Map.of("w", golden.in("param_star")),
                Map.of("w", fisher));
        Tensor penalty = spring.penalty(Map.of("w", param));
        return Map.of("fisher", fisher, "penalty", penalty, "grad", Tensors.gradients(penalty, false, param)[0]);
    }
}
