package org.counterweight.merge.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.stream.MergeFactory.Made;
import org.counterweight.merge.stream.MergeRecipe.Slice;
import org.counterweight.merge.stream.MergeRecipe.Source;
import org.counterweight.weights.DType;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * A merge resolved to a list of tensors, from headers alone: every model, name, shape and parameter is checked, and the size
 * of the output is known, before a byte is moved. Holds the models open until it is closed.
 */
public final class MergePlan implements AutoCloseable {
    private final MergeRecipe recipe;
    private final MergeOptions options;
    private final Map<ModelReference, ModelLayout> models = new LinkedHashMap<>();
    private final List<PlannedTensor> tensors = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final Map<String, Integer> layers = new LinkedHashMap<>();
    private @Nullable Vocabularies vocabularies;

    /** The vocabularies of all models and the one of the output. */
    private record Vocabularies(
            List<ModelReference> order, List<Vocabulary> all, Map<String, Integer> output, EmbeddingRows rows) {}

    private MergePlan(MergeRecipe recipe, MergeOptions options) {
        this.recipe = recipe;
        this.options = options;
    }

    /**
     * Opens the models and plans.
     *
     * @throws ConfigException if the recipe does not fit the models
     * @throws WeightsException if a model is broken, or lacks what the others have
     */
    public static MergePlan of(MergeRecipe recipe, MergeOptions options) {
        var plan = new MergePlan(recipe, options);
        try {
            for (ModelReference reference : recipe.models()) {
                plan.models.put(reference, new ModelLayout(reference, ModelDirectory.open(reference.path())));
            }
            plan.checkArchitectures();
            plan.noteIdleParameters();
            plan.vocabularies = plan.readVocabularies();
            plan.planAll();
            return plan;
        } catch (RuntimeException e) {
            plan.close();
            throw e;
        }
    }

    public MergeRecipe recipe() {
        return recipe;
    }

    public MergeOptions options() {
        return options;
    }

    /** What the user should know: models left out of a tensor, tensors that only other models have, idle parameters. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** The output's tensors, in order. */
    public List<TensorInfo> output() {
        return tensors.stream().map(PlannedTensor::info).toList();
    }

    List<PlannedTensor> tensors() {
        return tensors;
    }

    /** The models, in the order in which the recipe names them. */
    List<ModelLayout> models() {
        return List.copyOf(models.values());
    }

    ModelLayout donor() {
        return layout(recipe.donor());
    }

    /** The number of layers of the output, by stack. */
    Map<String, Integer> layers() {
        return layers;
    }

    /** The output's vocabulary if it was chosen, else null. */
    @Nullable
    Map<String, Integer> vocabulary() {
        return vocabularies == null ? null : vocabularies.output();
    }

    private ModelLayout layout(ModelReference reference) {
        ModelLayout layout = models.get(reference);
        if (layout == null) {
            throw new IllegalStateException(reference.text() + " was not opened");
        }
        return layout;
    }

    private void checkArchitectures() {
        ModelLayout first = donor();
        if (options.allowCrimes() || !first.directory().hasConfig()) {
            return;
        }
        for (ModelLayout other : models.values()) {
            if (other.directory().hasConfig()
                    && !first.directory()
                            .config()
                            .path("architectures")
                            .equals(other.directory().config().path("architectures"))) {
                throw new ConfigException(first.reference().text() + " is "
                        + first.directory().config().path("architectures") + ", "
                        + other.reference().text() + " is "
                        + other.directory().config().path("architectures")
                        + "; only models of one architecture can be merged (--allow-crimes tries nevertheless)");
            }
        }
    }

    private void noteIdleParameters() {
        var given = new LinkedHashSet<>(recipe.parameters().keySet());
        for (Slice slice : recipe.slices()) {
            slice.levels().forEach(level -> given.addAll(level.keySet()));
            slice.sources().forEach(source -> given.addAll(source.parameters().keySet()));
        }
        recipe.method().parameters().forEach(given::remove);
        for (String idle : given) {
            notes.add("parameters." + idle + " means nothing to "
                    + recipe.method().label() + " and is not read");
        }
    }

    private @Nullable Vocabularies readVocabularies() {
        TokenizerChoice choice = recipe.tokenizer();
        if (choice == null) {
            return null;
        }
        var order = new ArrayList<>(models.keySet());
        order.remove(recipe.donor());
        order.add(0, recipe.donor());
        if (choice.model() != null && !models.containsKey(choice.model())) {
            throw new ConfigException("tokenizer: " + choice.model().text() + " is none of the merged models");
        }
        List<Vocabulary> all = order.stream()
                .map(reference -> Vocabulary.of(layout(reference).directory()))
                .toList();
        Map<String, Integer> output = choice.union()
                ? Vocabulary.union(all)
                : all.get(choice.model() == null ? 0 : order.indexOf(choice.model()))
                        .rows();
        var wanted = new LinkedHashMap<String, EmbeddingRows.Wanted>();
        choice.tokens().forEach((token, source) -> {
            if (!output.containsKey(token)) {
                throw new ConfigException("tokenizer.tokens: \"" + token + "\" is no token of the output");
            }
            wanted.put(token, wanted(token, source, order, all));
        });
        var rows = new EmbeddingRows(
                output,
                all.stream().map(Vocabulary::rows).toList(),
                recipe.base() == null ? -1 : order.indexOf(recipe.base()),
                wanted,
                choice.padToMultipleOf());
        for (String orphan : rows.orphans()) {
            notes.add("no model has the token \"" + orphan + "\": its row is zero");
        }
        return new Vocabularies(order, all, output, rows);
    }

    private static EmbeddingRows.Wanted wanted(
            String token, TokenizerChoice.TokenSource source, List<ModelReference> order, List<Vocabulary> all) {
        if (source.model() == null) {
            return new EmbeddingRows.Wanted(-1, -1, source.force());
        }
        int model = order.indexOf(source.model());
        if (model < 0) {
            throw new ConfigException(
                    "tokenizer.tokens." + token + ": " + source.model().text() + " is none of the merged models");
        }
        if (source.id() >= 0) {
            return new EmbeddingRows.Wanted(model, source.id(), source.force());
        }
        String there = source.token() == null ? token : source.token();
        Integer row = all.get(model).rows().get(there);
        if (row == null) {
            throw new ConfigException(
                    "tokenizer.tokens." + token + ": " + source.model().text() + " has no token \"" + there + "\"");
        }
        return new EmbeddingRows.Wanted(model, row, source.force());
    }

    // Slices.

    private void planAll() {
        List<Slice> slices = recipe.slices().stream().map(this::withBase).toList();
        slices.forEach(this::checkCount);
        Slice first = slices.get(0);
        Slice last = slices.get(slices.size() - 1);
        planLoose(first, true);
        var stacks = new LinkedHashSet<String>();
        slices.forEach(slice -> stacks.addAll(reference(slice).stacks()));
        for (String stack : stacks) {
            int number = 0;
            for (Slice slice : slices) {
                number = planLayers(slice, stack, number);
            }
            layers.put(stack, number);
        }
        planLoose(last, false);
        noteExtras();
    }

    private @Nullable ModelReference base(Slice slice) {
        return slice.base() == null ? recipe.base() : slice.base();
    }

    private Slice withBase(Slice slice) {
        ModelReference base = base(slice);
        if (base == null || !recipe.method().usesBase() || baseIndex(slice) >= 0) {
            return slice;
        }
        if (!recipe.wholeModels()) {
            throw new ConfigException("slices: base_model " + base.text() + " is not among the sources of the slice"
                    + " that begins with " + slice.sources().get(0).model().text() + "; add it with a layer_range");
        }
        var sources = new ArrayList<>(slice.sources());
        sources.add(new Source(base, 0, -1, Map.of(), "base_model"));
        return new Slice(sources, slice.base(), slice.levels());
    }

    private int baseIndex(Slice slice) {
        ModelReference base = base(slice);
        for (int i = 0; base != null && i < slice.sources().size(); i++) {
            if (slice.sources().get(i).model().equals(base)) {
                return i;
            }
        }
        return -1;
    }

    private void checkCount(Slice slice) {
        int count = slice.sources().size();
        int others = count - (baseIndex(slice) >= 0 ? 1 : 0);
        String method = recipe.method().label();
        switch (recipe.method()) {
            case PASSTHROUGH -> check(count == 1, method + " takes exactly one model a slice, found " + count);
            case SLERP ->
                check(count == 2, method + " takes exactly two models, base_model one of them, found " + count);
            case NUSLERP -> check(others == 2, method + " takes exactly two models beside base_model, found " + others);
            case MODEL_STOCK ->
                check(others >= 2, method + " needs at least two models beside base_model, found " + others);
            default -> check(count >= 1, method + " needs a model");
        }
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new ConfigException(message);
        }
    }

    /** The model whose names lead: the base, else the first. */
    private ModelLayout reference(Slice slice) {
        return layout(slice.sources().get(lead(slice)).model());
    }

    private int lead(Slice slice) {
        return Math.max(0, recipe.method().usesBase() ? baseIndex(slice) : -1);
    }

    private void planLoose(Slice slice, boolean front) {
        ModelLayout reference = reference(slice);
        var names = new LinkedHashSet<>(reference.loose());
        for (Source source : slice.sources()) { // one stored head is enough for the output to have one
            layout(source.model()).loose().stream().filter(ModelLayout::isHead).forEach(names::add);
        }
        for (String name : names) {
            if (ModelLayout.isFront(name) == front) {
                List<String> same = slice.sources().stream().map(source -> name).toList();
                plan(slice, name, same, 0);
            }
        }
    }

    /** @return the number of the next layer */
    private int planLayers(Slice slice, String stack, int number) {
        Source lead = slice.sources().get(lead(slice));
        int count = length(lead, stack);
        for (Source source : slice.sources()) {
            if (length(source, stack) != count) {
                throw new ConfigException(source.field() + ": " + length(source, stack) + " layers of " + stack + " in "
                        + source.model().text() + ", but " + count + " in "
                        + lead.model().text()
                        + "; all ranges of a slice have one length");
            }
        }
        for (int i = 0; i < count; i++) {
            double t = count == 1 ? 1 : (double) i / (count - 1);
            for (String suffix : layout(lead.model()).suffixes(stack, lead.from() + i)) {
                int layer = i;
                List<String> names = slice.sources().stream()
                        .map(source -> stack + "." + (source.from() + layer) + "." + suffix)
                        .toList();
                plan(slice, stack + "." + (number + i) + "." + suffix, names, t);
            }
        }
        return number + count;
    }

    private int length(Source source, String stack) {
        int there = layout(source.model()).layers(stack);
        if (source.to() > there) {
            throw new ConfigException(source.field() + ".layer_range: [" + source.from() + ", " + source.to()
                    + "] lies outside of " + source.model().text() + ", which has " + there + " layers of " + stack);
        }
        return source.to() < 0 ? there : source.to() - source.from();
    }

    private void noteExtras() {
        var used = new LinkedHashSet<String>();
        models.values()
                .forEach(layout -> used.addAll(layout.directory().tensors().keySet()));
        donor().directory().tensors().keySet().forEach(used::remove);
        tensors.forEach(tensor -> used.remove(tensor.info().name()));
        if (!used.isEmpty()) {
            notes.add(used.size() + " tensors that " + donor().reference().text() + " lacks are left out: "
                    + String.join(", ", used.stream().limit(5).toList()) + (used.size() > 5 ? ", …" : ""));
        }
    }

    // One tensor.

    private void plan(Slice slice, String name, List<String> names, double t) {
        int lead = lead(slice);
        var present = new ArrayList<Integer>();
        var found = new ArrayList<String>();
        for (int i = 0; i < names.size(); i++) {
            String there = find(layout(slice.sources().get(i).model()), names.get(i));
            if (there != null) {
                present.add(i);
                found.add(there);
            } else if (!ModelLayout.isOptional(names.get(i))) {
                throw new WeightsException(
                        slice.sources().get(i).model().path(),
                        "has no " + names.get(i) + ", which "
                                + slice.sources().get(lead).model().text()
                                + " has; only models of one architecture can be merged");
            }
        }
        List<Integer> kept = IntStream.range(0, present.size()).boxed().toList();
        List<TensorInfo> infos = kept.stream()
                .map(k -> info(slice.sources().get(present.get(k)).model(), found.get(k)))
                .toList();
        int base = recipe.method().usesBase() ? present.indexOf(baseIndex(slice)) : -1;
        TensorInfo first = infos.get(Math.max(0, present.indexOf(lead)));
        if (!first.dtype().isFloating() || present.size() < names.size()) { // counters, ids, what only some have
            copy(name, slice.sources().get(present.get(infos.indexOf(first))).model(), first);
            return;
        }
        List<Integer> fitting = fitting(name, kept, infos, first, base);
        long[] shape = shape(name, fitting.stream().map(infos::get).toList(), first, base);
        merge(
                slice,
                name,
                t,
                fitting.stream().map(present::get).toList(),
                fitting.stream().map(infos::get).toList(),
                fitting.indexOf(base),
                first,
                shape);
    }

    private static @Nullable String find(ModelLayout layout, String name) {
        return layout.has(name) ? name : ModelLayout.isHead(name) ? layout.embedding() : null;
    }

    private TensorInfo info(ModelReference model, String name) {
        TensorInfo info = layout(model).directory().tensors().get(name);
        if (info == null) {
            throw new IllegalStateException(name + " was found before");
        }
        return info;
    }

    private DType outType(DType stored) {
        return recipe.outDtype() != null ? recipe.outDtype() : recipe.dtype() != null ? recipe.dtype() : stored;
    }

    private void copy(String name, ModelReference model, TensorInfo info) {
        boolean floating = info.dtype().isFloating();
        DType cast = floating ? recipe.dtype() : null;
        DType out = floating ? outType(info.dtype()) : info.dtype();
        ScalarType work = floating
                ? work(out, List.of(cast == null ? info.dtype() : cast))
                : info.dtype().type();
        tensors.add(new PlannedTensor(
                new TensorInfo(name, out, info.shape()),
                List.of(BlockSource.stored(layout(model).directory(), info.name(), cast)),
                work,
                1,
                null,
                info.bytes()));
    }

    /** Drops models whose tensor has another shape, where that is allowed and known to be wanted. */
    private List<Integer> fitting(String name, List<Integer> all, List<TensorInfo> infos, TensorInfo first, int base) {
        if (!options.allowShapeMismatch() || !recipe.method().hasTaskVectors() || isTokens(name, infos)) {
            return all;
        }
        return all.stream()
                .filter(i -> {
                    boolean fits = i == base || Arrays.equals(infos.get(i).shape(), first.shape());
                    if (!fits) {
                        notes.add(name + ": " + Arrays.toString(infos.get(i).shape()) + " instead of "
                                + Arrays.toString(first.shape()) + "; that model is left out of this tensor");
                    }
                    return fits;
                })
                .toList();
    }

    /** Whether it is an embedding or a head of which the models may have different numbers of rows. */
    private static boolean isTokens(String name, List<TensorInfo> infos) {
        return ModelLayout.hasTokenRows(name)
                && infos.stream().allMatch(info -> info.shape().length == 2)
                && infos.stream().mapToLong(info -> info.shape()[1]).distinct().count() == 1;
    }

    private long[] shape(String name, List<TensorInfo> infos, TensorInfo first, int base) {
        if (isTokens(name, infos)) {
            if (vocabularies != null) {
                return new long[] {vocabularies.rows().rows(), first.shape()[1]};
            }
            long rows = recipe.method().hasTaskVectors()
                    ? first.shape()[0]
                    : infos.stream().mapToLong(info -> info.shape()[0]).min().orElseThrow();
            if (infos.stream().anyMatch(info -> info.shape()[0] < rows)) {
                throw mismatch(name, infos);
            }
            if (infos.stream().anyMatch(info -> info.shape()[0] != rows)) {
                notes.add(name + ": cut to the common " + rows + " rows; tokenizer_source: union keeps every token");
            }
            return new long[] {rows, first.shape()[1]};
        }
        if (infos.stream().anyMatch(info -> !Arrays.equals(info.shape(), first.shape()))) {
            throw mismatch(name, infos);
        }
        return first.shape();
    }

    private static WeightsException mismatch(String name, List<TensorInfo> infos) {
        return new WeightsException(name + ": shapes "
                + String.join(
                        ", ",
                        infos.stream()
                                .map(info -> Arrays.toString(info.shape()))
                                .toList())
                + " in the order of the models; only models of one architecture can be merged");
    }

    private void merge(
            Slice slice,
            String name,
            double t,
            List<Integer> present,
            List<TensorInfo> infos,
            int base,
            TensorInfo first,
            long[] shape) {
        var levels = new ArrayList<>(slice.levels());
        levels.add(recipe.parameters());
        List<Source> sources = present.stream().map(slice.sources()::get).toList();
        var parameters = new TensorParameters(
                sources, infos.stream().map(TensorInfo::name).toList(), name, t, levels);
        Made made = MergeFactory.of(recipe.method(), options, parameters, shape, base)
                .make();
        DType out = outType(first.dtype());
        boolean permuted = vocabularies != null && isTokens(name, infos);
        var inputs = new ArrayList<BlockSource>();
        var types = new ArrayList<DType>();
        for (int i = 0; i < infos.size(); i++) {
            DType cast = recipe.dtype() != null
                    ? recipe.dtype()
                    : recipe.method().hasTaskVectors()
                            ? first.dtype()
                            : infos.get(i).dtype();
            types.add(cast);
            inputs.add(
                    permuted
                            ? permuted(sources.get(i).model(), name, shape[1])
                            : BlockSource.stored(
                                    layout(sources.get(i).model()).directory(),
                                    infos.get(i).name(),
                                    cast == infos.get(i).dtype() ? null : cast));
        }
        long bytes = infos.stream().mapToLong(TensorInfo::bytes).sum();
        if (made.merge() == null && infos.size() > 1) { // task vectors, but none: the base stays
            inputs.subList(0, inputs.size()).retainAll(List.of(inputs.get(Math.max(0, base))));
        }
        tensors.add(new PlannedTensor(
                new TensorInfo(name, out, shape),
                inputs,
                work(out, types),
                permuted ? Math.max(made.granularity(), shape[1]) : Math.max(1, made.granularity()),
                made.merge(),
                bytes));
    }

    /**
     * The type that is computed in: float64 where float32 is written, for its last bit; float32 for all that is narrower. Or
     * mergekit's, whose slerp alone computes in float32.
     */
    private ScalarType work(DType out, List<DType> inputs) {
        boolean wide = inputs.contains(DType.F64);
        if (options.isExact()) {
            return wide || out == DType.F32 || out == DType.F64 ? ScalarType.Double : ScalarType.Float;
        }
        if (recipe.method() == MergeMethod.SLERP && !wide) {
            return ScalarType.Float;
        }
        return inputs.stream().distinct().count() == 1
                ? inputs.get(0).type()
                : wide ? ScalarType.Double : ScalarType.Float;
    }

    private BlockSource permuted(ModelReference model, String name, long width) {
        Vocabularies all = vocabularies;
        if (all == null) {
            throw new IllegalStateException("no vocabulary was chosen");
        }
        var matrices = new ArrayList<Supplier<Tensor>>();
        for (ModelReference other : all.order()) {
            ModelLayout layout = layout(other);
            String there = find(layout, name);
            if (there == null) {
                throw new WeightsException(other.path(), "has no " + name);
            }
            matrices.add(() -> layout.directory().tensor(there));
        }
        return all.rows().source(all.order().indexOf(model), matrices, width);
    }

    @Override
    public void close() {
        models.values().forEach(layout -> layout.directory().close());
    }
}
