package org.counterweight.jobs.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.AdapterSettings;
import org.counterweight.adapt.Attachment;
import org.counterweight.adapt.adalora.AdaLora;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.Targets;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Transposed;
import org.counterweight.report.Page;
import org.jspecify.annotations.Nullable;

/**
 * What training moves in a model: the head, and what an adapter adds or sets free, or every weight if there is none.
 *
 * @param modules that the adapter stands at, or points; empty without one
 * @param summary one line to print before training
 */
public record Adaptation(Params params, List<String> modules, String summary) {

    public static Adaptation of(BaseModel base, @Nullable AdapterSettings adapter, Seed seed) {
        Model model = base.model();
        var weights = new LinkedHashMap<>(base.weights());
        weights.replaceAll((name, tensor) -> adapter == null || base.isHead(name)
                ? tensor.clone().requires_grad_(true) // a view of a file is not to be written to
                : tensor);
        Params params = Params.of(weights);
        if (adapter == null) {
            return new Adaptation(params, List.of(), "training all " + count(weights.values()) + " parameters");
        }
        Generator random = seed.child("adapter").generator();
        return adapter instanceof Attachment attachment
                ? attached(attachment.attach(model, params, random))
                : parametrized(
                        model, params, targets(model, (AdapterConfig) adapter, base.heads()), random, (AdapterConfig)
                                adapter);
    }

    private static Adaptation attached(Params params) {
        long freed =
                params.weights().values().stream().filter(Tensor::requires_grad).count();
        return new Adaptation(
                params,
                List.copyOf(params.taps().keySet()),
                "adapters at " + params.taps().size() + " points; " + freed + " of the model's own tensors train");
    }

    private static Adaptation parametrized(
            Model model, Params params, Targets targets, Generator random, AdapterConfig adapter) {
        var byWeight = new LinkedHashMap<String, Parametrization>();
        for (String module : targets.modules()) {
            Tensor weight = Objects.requireNonNull(params.weights().get(module + ".weight"));
            boolean transposed = model.modules().isTransposed(module);
            Parametrization made = adapter.create(module, transposed ? weight.t() : weight, random);
            byWeight.put(module + ".weight", transposed ? new Transposed(made) : made);
        }
        return new Adaptation(params.parametrized(byWeight), targets.modules(), targets.summary());
    }

    /**
     * Refuses an adapter that does not fit the model, by shapes alone: no weight is read.
     *
     * @param heads modules that are trained whole, whatever the adapter
     * @return the modules that it would stand at; none for one that is attached to the model as a whole
     */
    public static List<String> checked(Model model, AdapterSettings adapter, List<String> heads) {
        Map<String, long[]> shapes = model.shapes();
        if (adapter instanceof Attachment attachment) {
            attachment.check(model);
            try (var scope = Scope.open()) {
                var weights = new LinkedHashMap<String, Tensor>();
                shapes.forEach((name, shape) -> weights.put(name, Tensors.withoutValues(shape)));
                attachment.attach(model, Params.of(weights), new Seed(0).generator());
            }
            return List.of();
        }
        AdapterConfig settings = (AdapterConfig) adapter;
        List<String> modules = targets(model, settings, heads).modules();
        for (String module : modules) {
            long[] shape = Objects.requireNonNull(shapes.get(module + ".weight"));
            boolean transposed = model.modules().isTransposed(module);
            settings.checkShape(module, shape[transposed ? 1 : 0], shape[transposed ? 0 : 1]);
        }
        return modules;
    }

    /**
     * The modules that an adapter of these settings stands at.
     *
     * @param heads modules that are trained whole, whatever the adapter
     */
    static Targets targets(Model model, AdapterConfig adapter, List<String> heads) {
        return Targets.each(model, adapter.targets(), heads, "adapter.targets");
    }

    /** Whether the model alone can do what the adapted one does: an activation stands in a tap. */
    public boolean isMergeable() {
        return params.taps().isEmpty();
    }

    /** How many numbers training moves. */
    public long trained() {
        return elements(params.trainables().values());
    }

    /** How many numbers the model has, the adapter's aside. */
    public long total() {
        return elements(params.weights().values());
    }

    /** {@code 1.3 %}. */
    public String share() {
        return String.format(Locale.ROOT, "%.1f %%", 100.0 * trained() / total());
    }

    /** Of modules whose rank was allocated, how many singular triplets each has left; else empty. */
    public Map<String, Long> ranks() {
        var ranks = new LinkedHashMap<String, Long>();
        try (var scope = Scope.open()) {
            params.parametrizations().forEach((weight, parametrization) -> {
                Parametrization inner =
                        parametrization instanceof Transposed transposed ? transposed.inner() : parametrization;
                if (inner instanceof AdaLora adapter) {
                    ranks.put(
                            weight.replaceFirst("\\.weight$", ""),
                            adapter.e().count_nonzero().item_long());
                }
            });
        }
        return ranks;
    }

    /** The trained modules by kind: numbers of layers do not tell kinds apart. */
    public List<Page.Adapted> table() {
        Map<String, List<String>> kinds = params.trainables().keySet().stream()
                .map(this::module)
                .distinct()
                .collect(Collectors.groupingBy(Adaptation::kind, LinkedHashMap::new, Collectors.toList()));
        var rows = new ArrayList<Page.Adapted>();
        kinds.forEach((kind, names) -> {
            Tensor weight = params.weights().get(names.get(0) + ".weight");
            rows.add(new Page.Adapted(kind, names.size(), weight == null ? "" : shape(weight), trainedIn(names)));
        });
        return rows;
    }

    private long trainedIn(List<String> names) {
        return params.trainables().entrySet().stream()
                .filter(entry -> names.contains(module(entry.getKey())))
                .mapToLong(entry -> entry.getValue().numel())
                .sum();
    }

    /** The module of a trainable: the adapted one, or the name without its last part. */
    private String module(String trainable) {
        return modules.stream()
                .filter(module -> trainable.startsWith(module + "."))
                .findFirst()
                .orElse(trainable.substring(0, Math.max(0, trainable.lastIndexOf('.'))));
    }

    private static String kind(String module) {
        return module.replaceFirst("^.*\\.\\d+\\.", "");
    }

    private static String shape(Tensor tensor) {
        return Arrays.stream(Tensors.shape(tensor)).mapToObj(Long::toString).collect(Collectors.joining(" × "));
    }

    private static long elements(Iterable<Tensor> tensors) {
        long elements = 0;
        for (Tensor tensor : tensors) {
            elements += tensor.numel();
        }
        return elements;
    }

    private static String count(Iterable<Tensor> tensors) {
        return String.format(Locale.ROOT, "%,d", elements(tensors));
    }
}
