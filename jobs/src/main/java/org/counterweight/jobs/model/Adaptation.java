package org.counterweight.jobs.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Attachment;
import org.counterweight.adapt.Targets;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.report.Page;
import org.jspecify.annotations.Nullable;

/**
 * What training moves in a model: the head, and what an adapter adds or sets free, or every weight if there is none.
 *
 * @param modules that the adapter stands at, or points; empty without one
 * @param summary one line to print before training
 */
public record Adaptation(Params params, List<String> modules, String summary) {

    public static Adaptation of(BaseModel base, @Nullable Attachment adapter, Seed seed) {
        Model model = base.model();
        var weights = new LinkedHashMap<>(base.weights());
        weights.replaceAll((name, tensor) -> adapter == null || base.isHead(name)
                ? tensor.clone().requires_grad_(true) // a view of a file is not to be written to
                : tensor);
        Params params = Params.of(weights);
        if (adapter == null) {
            return new Adaptation(params, List.of(), "training all " + count(weights.values()) + " parameters");
        }
        return of(model, adapter.attach(model, params, seed.child("adapter").generator()));
    }

    /**
     * The same with weights trained through others.
     *
     * @param remarks told of weights that go on from what the base's files have them made of
     */
    public Adaptation reparametrized(BaseModel base, Reparametrization settings, Consumer<String> remarks) {
        Params attached = settings.attach(base.model(), params);
        int goingOn = settings.goesOn() ? base.goOn(params.weights(), attached) : 0;
        if (goingOn > 0) {
            remarks.accept(goingOn + " weights continue from the parts that the model's files keep of them");
        }
        List<String> at = attached.parametrized().stream()
                .map(weight -> weight.replaceFirst("\\.weight\\w*$", ""))
                .distinct()
                .toList();
        return new Adaptation(attached, at, summary);
    }

    private static Adaptation of(Model model, Params attached) {
        if (!attached.parametrized().isEmpty()) {
            List<String> modules = attached.parametrized().stream()
                    .map(weight -> weight.replaceFirst("\\.weight$", ""))
                    .toList();
            return new Adaptation(
                    attached,
                    modules,
                    new Targets(modules, model.modules().linears().size(), List.of()).summary());
        }
        long freed = attached.weights().values().stream()
                .filter(Tensor::requires_grad)
                .count();
        return new Adaptation(
                attached,
                List.copyOf(attached.taps().keySet()),
                "adapters at " + attached.taps().size() + " points; " + freed + " of the model's own tensors train");
    }

    /** Whether the model alone can do what the adapted one does: an activation stands in a tap. */
    public boolean isMergeable() {
        return params.isOfWeightsAlone();
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
