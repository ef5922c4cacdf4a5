package org.counterweight.jobs.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.recipe.ModelSection;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reparametrize.files.Resumption;
import org.counterweight.reparametrize.files.StateDict;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.quantised.Quantisation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model with the head that a task asks for; a head that is trained is fresh unless the files have one that fits. Of a
 * classifier for other classes, or in another order, the rows of the classes that are wanted are taken by their names.
 *
 * @param config of the model with its head, to be saved beside its weights
 * @param weights by the model's names, float32, on the device of the work; they belong to the scope that was open
 * @param files kept open: on the CPU the weights are views of them; null of a model that begins without any
 */
public record BaseModel(
        @Nullable ModelDirectory files, ObjectNode config, Model model, List<String> heads, Map<String, Tensor> weights)
        implements AutoCloseable {

    /** A model that there is. */
    public static BaseModel open(
            Path directory, ModelSection section, HeadChoice task, List<String> labels, Seed seed, Device device) {
        ModelDirectory files =
                section.fromScratch() ? ModelDirectory.withoutWeights(directory) : ModelDirectory.open(directory);
        try {
            Quantisation.refuse(files);
            ModelDescription described =
                    task.describe(files.path(), files.config(), labels).asStoredIn(files);
            Model model = described.model();
            List<String> heads = new ArrayList<>(task.heads(model));
            heads.addAll(freshPoolers(files, model));
            var weights = new LinkedHashMap<>(
                    section.fromScratch() ? fresh(model, seed) : stored(files, model, heads, labels, seed));
            weights.replaceAll((name, tensor) -> Tensors.to(tensor, device));
            return new BaseModel(files, described.config(), model, heads, weights);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /**
     * A model that starts from random weights.
     *
     * @param config of its sizes, without a head
     */
    public static BaseModel fresh(ObjectNode config, HeadChoice task, List<String> labels, Seed seed, Device device) {
        ModelDescription described = task.describe(Path.of("model.architecture"), config, labels);
        Model model = described.model();
        var weights = new LinkedHashMap<>(fresh(model, seed));
        weights.replaceAll((name, tensor) -> Tensors.to(tensor, device));
        return new BaseModel(null, described.config(), model, task.heads(model), weights);
    }

    /** The poolers that the files have nothing of. */
    private static List<String> freshPoolers(ModelDirectory files, Model model) {
        var found = Architectures.fit(model, files.tensors()).byName().keySet();
        return model.poolers().stream()
                .filter(pooler -> found.stream().noneMatch(name -> isWithin(List.of(pooler), name)))
                .toList();
    }

    /** The poolers that are trained from random weights, since the files have none. */
    public List<String> freshPoolers() {
        return model.poolers().stream().filter(heads::contains).toList();
    }

    /**
     * Refuses files that lack a tensor which is not drawn anew, by their headers.
     *
     * @param heads that are trained from random weights where the files have none
     */
    public static void checkComplete(ModelDirectory files, Model model, List<String> heads) {
        var drawn = new ArrayList<>(heads);
        drawn.addAll(freshPoolers(files, model));
        var names = new LinkedHashMap<String, String>();
        files.tensors().keySet().forEach(name -> names.put(name, name));
        state(files).folded().forEach(name -> names.put(name, name)); // made of parts that stand in its place
        refuseLost(files, model, Architectures.fit(model, names).missing(), drawn);
    }

    /** @param drawn the modules that may be missing */
    private static void refuseLost(ModelDirectory files, Model model, Collection<String> missing, List<String> drawn) {
        List<String> lost =
                missing.stream().filter(name -> !isWithin(drawn, name)).toList();
        if (lost.isEmpty()) {
            return;
        }
        boolean isHead = lost.stream().allMatch(name -> isWithin(model.modules().heads(), name));
        throw new WeightsException(
                files.path(),
                "has no " + lost.get(0)
                        + (lost.size() > 1 ? " and " + (lost.size() - 1) + " others" : "")
                        + (isHead
                                ? ": the head of this task is missing, and is not learnt from random weights; take a"
                                        + " model that has it"
                                : ", which its config.json asks for; take config.json and weights of one model"));
    }

    private static Map<String, Tensor> fresh(Model model, Seed seed) {
        return model.initialize(seed.child("model").generator());
    }

    private static Map<String, Tensor> stored(
            ModelDirectory files, Model model, List<String> heads, List<String> labels, Seed seed) {
        StateDict state = state(files);
        var fit = Architectures.fit(model, state.plain());
        state.refuseUnused(fit.unexpected(), model.shapes().keySet());
        var missing = new ArrayList<>(fit.missing());
        var weights = new LinkedHashMap<String, Tensor>();
        List<String> before = EffectiveModel.labels(files);
        boolean others = !before.isEmpty() && !labels.isEmpty() && !before.equals(labels);
        String scores = others ? Architectures.scores(model) : "";
        var known = new LinkedHashMap<String, Tensor>(); // parts of the head with rows of some of the classes
        model.shapes().forEach((name, shape) -> {
            Tensor tensor = fit.byName().get(name);
            if (tensor == null) {
                return;
            }
            if (others && isWithin(List.of(scores), name) && tensor.dim() > 0 && tensor.size(0) == before.size()) {
                missing.add(name);
                known.put(name, tensor);
            } else if (Arrays.equals(Tensors.shape(tensor), shape)) {
                weights.put(name, tensor.to(ScalarType.Float));
            } else if (isWithin(heads, name)) {
                missing.add(name); // a head for other classes is of no use here
            } else {
                throw new WeightsException(
                        files.path(),
                        name + " is " + Arrays.toString(Tensors.shape(tensor)) + ", but config.json asks for "
                                + Arrays.toString(shape) + "; take config.json and weights of one model");
            }
        });
        refuseLost(files, model, missing, heads);
        if (missing.isEmpty()) {
            return weights;
        }
        try (var scope = Scope.open()) {
            Map<String, Tensor> fresh = model.initialize(seed.child("head").generator());
            known.forEach((name, rows) -> copyRows(before, rows, labels, Objects.requireNonNull(fresh.get(name))));
            missing.forEach(name -> weights.put(name, scope.keep(Objects.requireNonNull(fresh.get(name)))));
        }
        return weights;
    }

    /** What the files hold, weights by what they are made of among it. */
    static StateDict state(ModelDirectory files) {
        var stored = new LinkedHashMap<String, Tensor>();
        files.tensors().keySet().forEach(name -> stored.put(name, files.tensor(name)));
        return StateDict.of(files.path().toString(), stored, files.metadata());
    }

    /** The rows of classes that both know, by name; the others stay as they are. */
    private static void copyRows(List<String> before, Tensor from, List<String> labels, Tensor into) {
        long[] shape = Tensors.shape(into);
        shape[0] = from.size(0);
        if (into.size(0) != labels.size() || !Arrays.equals(shape, Tensors.shape(from))) {
            return; // a head of another kind
        }
        try (var off = Tensors.noGrad()) {
            for (int row = 0; row < labels.size(); row++) {
                int old = before.indexOf(labels.get(row));
                if (old >= 0) {
                    into.select(0, row).copy_(from.select(0, old));
                }
            }
        }
    }

    /** Lets a head that is fresh say the same of every row at first; the values of its bias, if it has one. */
    public void beginWith(float... start) {
        if (!bringsHead() && !heads.isEmpty()) {
            begin(weights, heads.get(0), start);
        }
    }

    /** The same of the head of that name; nothing where there are no values. */
    public static void begin(Map<String, Tensor> weights, String head, float... start) {
        Tensor bias = weights.get(head + ".bias");
        if (bias != null && start.length > 0) {
            weights.put(head + ".bias", Tensors.to(Tensors.floats(start), bias.device())); // the old may lie in a file
        }
    }

    /** Whether the files have a head that knows some of the classes already. */
    public boolean bringsHead() {
        return files != null
                && files.tensors().keySet().stream().anyMatch(this::isHead)
                && !Collections.disjoint(EffectiveModel.labels(files), ModelDescription.labels(config));
    }

    /**
     * Lets the latent tensors of a reparametrized model go on from those that the files hold, in place.
     *
     * @param plain the weights that it begins with
     * @return how many weights do
     */
    public int goOn(Map<String, Tensor> plain, Params reparametrized) {
        if (files == null || state(files).folded().isEmpty()) {
            return 0;
        }
        return new Resumption(state(files), model).into(plain, reparametrized).size();
    }

    /** The files that lie beside the model's weights and say how its inputs are read. */
    public List<Path> companions() {
        return files == null ? List.of() : files.companions();
    }

    /** Whether a weight is part of the head that training replaces. */
    boolean isHead(String weight) {
        return isWithin(heads, weight);
    }

    /** Whether a weight is part of one of these modules. */
    public static boolean isWithin(List<String> modules, String weight) {
        return modules.stream().anyMatch(module -> weight.startsWith(module + "."));
    }

    @Override
    public void close() {
        if (files != null) {
            files.close();
        }
    }
}
