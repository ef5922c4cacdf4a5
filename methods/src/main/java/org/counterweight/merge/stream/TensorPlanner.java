package org.counterweight.merge.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.merge.block.Rounding;
import org.counterweight.merge.block.ScaledCopy;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.MergeRecipe.Source;
import org.counterweight.merge.mergekit.TensorParameters;
import org.counterweight.merge.mergekit.TensorSettings;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.source.OpenModels;
import org.counterweight.merge.source.SlicedNames.Named;
import org.counterweight.merge.source.TensorNames;
import org.counterweight.merge.tensor.ModelTensor;
import org.counterweight.merge.tensor.StoredTensor;
import org.counterweight.merge.thin.Draws;
import org.counterweight.merge.tokens.Vocabularies;
import org.counterweight.weights.DType;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * Decides for one tensor of the output which inputs it has, of what type and shape it is, and how it is made.
 *
 * @param layers how many layers the output has
 * @param vocabularies null where rows stay as they are
 * @param notes is told what the user should know
 */
record TensorPlanner(
        MergeRecipe recipe,
        MergeOptions options,
        OpenModels models,
        int layers,
        @Nullable Vocabularies vocabularies,
        Consumer<String> notes) {

    /** One model's tensor. */
    private record Part(Source source, ModelTensor tensor) {
        TensorInfo info() {
            return tensor.info();
        }

        long rows() {
            return info().shape()[0];
        }

        /** What each row is: so many numbers, or one alone. */
        List<Long> width() {
            return Arrays.stream(info().shape()).skip(1).boxed().toList();
        }
    }

    /** @throws WeightsException if a model lacks the tensor, or has it in another shape */
    PlannedTensor plan(Named tensor) {
        var parts = new ArrayList<Part>();
        Part first = null;
        Part base = null;
        for (int i = 0; i < tensor.names().size(); i++) {
            Part part = part(tensor, i);
            if (part != null) {
                parts.add(part);
                first = i == tensor.lead() || first == null ? part : first;
                base = i == tensor.base() ? part : base;
            }
        }
        if (first == null) {
            throw new IllegalStateException(tensor.name() + " was found in some model");
        }
        if (!isNumber(first.info().dtype()) && first.tensor() instanceof StoredTensor stored) { // counters, ids
            return new PlannedTensor.Copied(
                    new TensorInfo(
                            tensor.name(), first.info().dtype(), first.info().shape()),
                    stored);
        }
        if (parts.size() < tensor.names().size()) { // what only some have
            return copy(tensor.name(), first);
        }
        dropMisfits(tensor.name(), parts, first);
        return merge(tensor, parts, first, base == null ? -1 : parts.indexOf(base));
    }

    private @Nullable Part part(Named tensor, int i) {
        Source source = tensor.slice().sources().get(i);
        String name = tensor.names().get(i);
        ModelTensor found = models.get(source.model()).find(name);
        if (found != null) {
            return new Part(source, found);
        }
        Source lead = tensor.slice().sources().get(tensor.lead());
        if (models.get(lead.model()).isOptional(tensor.names().get(tensor.lead()))) {
            return null;
        }
        throw new WeightsException(
                source.model().path(),
                "has no " + name + ", which " + lead.model().text()
                        + " has; only models of one architecture can be merged");
    }

    /** Scales are no numbers of their own: what they scale lies in another tensor. */
    private static boolean isNumber(DType type) {
        return type.isFloating() && type != DType.F8_E8M0;
    }

    private DType outType(DType stored) {
        return recipe.outDtype() != null ? recipe.outDtype() : recipe.dtype() != null ? recipe.dtype() : stored;
    }

    private static Supplier<BlockSource> stored(Part part, DType cast) {
        return () -> part.tensor().open(cast);
    }

    private PlannedTensor copy(String name, Part part) {
        TensorInfo info = part.info();
        DType cast = recipe.dtype() == null ? info.dtype() : recipe.dtype();
        return new PlannedTensor.Merged(
                new TensorInfo(name, outType(info.dtype()), info.shape()),
                List.of(stored(part, cast)),
                1,
                () -> new ScaledCopy(1),
                part.tensor().storedBytes());
    }

    /** Drops models whose tensor has another shape, where that is allowed and known to be wanted. */
    private void dropMisfits(String name, List<Part> parts, Part first) {
        if (!options.allowShapeMismatch() || !recipe.method().hasTaskVectors() || isTokens(name, parts)) {
            return;
        }
        parts.removeIf(part -> {
            boolean fits = Arrays.equals(part.info().shape(), first.info().shape());
            if (!fits) {
                notes.accept(name + ": " + Arrays.toString(part.info().shape()) + " instead of "
                        + Arrays.toString(first.info().shape()) + "; that model is left out of this tensor");
            }
            return !fits;
        });
    }

    /** Whether its rows are tokens, of which the models may have different numbers. */
    private boolean isTokens(String name, List<Part> parts) {
        return (TensorNames.hasTokenRows(name) || TensorNames.mayHaveTokenRows(name) && haveEmbeddingsRows(parts))
                && parts.stream()
                        .map(part -> part.info().shape().length)
                        .allMatch(dimensions -> dimensions == 2 || dimensions == 1 && !TensorNames.mayBeTied(name))
                && (parts.stream().allMatch(part -> axis(name, part.info().shape()) == 1)
                        || parts.stream().map(Part::width).distinct().count() == 1);
    }

    private boolean haveEmbeddingsRows(List<Part> parts) {
        return parts.stream()
                .allMatch(part -> part.info().shape().length > 0
                        && part.rows() == models.get(part.source().model()).embeddingRows());
    }

    /** Along which tokens stand: 0, but for a bias that stands in one row, as BART's does. */
    private static int axis(String name, long[] shape) {
        return shape.length == 2 && shape[0] == 1 && !TensorNames.mayBeTied(name) ? 1 : 0;
    }

    private long[] shape(String name, List<Part> parts, long[] first) {
        if (!isTokens(name, parts)) {
            if (parts.stream().anyMatch(part -> !Arrays.equals(part.info().shape(), first))) {
                throw mismatch(name, parts);
            }
            return first;
        }
        long[] shape = first.clone();
        int axis = axis(name, first);
        if (vocabularies != null) {
            shape[axis] = vocabularies.rows().rows();
            return shape;
        }
        long[] each =
                parts.stream().mapToLong(part -> part.info().shape()[axis]).toArray();
        long rows = recipe.method().hasTaskVectors()
                ? first[axis]
                : LongStream.of(each).min().orElseThrow();
        if (LongStream.of(each).anyMatch(own -> own < rows)) {
            throw mismatch(name, parts);
        }
        if (LongStream.of(each).anyMatch(own -> own != rows)) {
            notes.accept(name + ": cut to the common " + rows + " rows; tokenizer_source: union keeps every token");
        }
        shape[axis] = rows;
        return shape;
    }

    private WeightsException mismatch(String name, List<Part> parts) {
        return new WeightsException(name + ": shapes "
                + String.join(
                        ", ",
                        parts.stream()
                                .map(part -> Arrays.toString(part.info().shape()))
                                .toList())
                + " in the order of the models; only models of one architecture can be merged"
                + (options.allowShapeMismatch()
                        ? " (a model can be left out of a tensor where differences from a base are added alone)"
                        : ""));
    }

    private PlannedTensor merge(Named tensor, List<Part> parts, Part first, int base) {
        String name = tensor.name();
        long[] shape = shape(name, parts, first.info().shape());
        List<DType> types = parts.stream().map(part -> cast(part, first)).toList();
        var levels = new ArrayList<>(tensor.slice().levels());
        levels.add(recipe.parameters());
        var parameters = new TensorParameters(
                parts.stream().map(Part::source).toList(),
                parts.stream().map(part -> part.info().name()).toList(),
                name,
                tensor.t(),
                levels);
        Blockwise made = new TensorSettings(recipe.method(), parameters, base)
                .settings()
                .merge(new MergeSite(
                        name,
                        shape,
                        parts.size(),
                        base,
                        layers,
                        options.isExact() ? null : Rounding.of(work(types)),
                        options.minKeep(),
                        model -> Draws.of(options.randomSeed(), model, name)));
        Vocabularies permuting = isTokens(name, parts) ? vocabularies : null;
        long width = shape.length < 2 || permuting != null && axis(name, shape) == 1 ? 1 : shape[1];
        var inputs = new ArrayList<Supplier<BlockSource>>();
        long bytes = 0;
        for (int i : made.inputs()) {
            Part part = parts.get(i);
            bytes += part.tensor().storedBytes();
            inputs.add(
                    permuting == null
                            ? stored(part, types.get(i))
                            : permuting.permuted(part.source().model(), name, width));
        }
        long granularity = Math.max(made.granularity(), permuting == null ? 1 : width);
        // where one model is the base, in its type; else in that of them all, as mergekit's sum comes out
        DType stored = recipe.method().needsBase() ? first.info().dtype() : work(types);
        return new PlannedTensor.Merged(
                new TensorInfo(name, outType(stored), shape), inputs, granularity, made.merge(), bytes);
    }

    /** The type to which a model's elements are rounded before anything is done with them. */
    private DType cast(Part part, Part first) {
        if (recipe.dtype() != null) {
            return recipe.dtype();
        }
        return recipe.method().hasTaskVectors()
                ? first.info().dtype()
                : part.info().dtype();
    }

    /** The type in which mergekit computes. */
    private static DType work(List<DType> inputs) {
        return inputs.stream().distinct().count() == 1
                ? inputs.get(0)
                : inputs.contains(DType.F64) ? DType.F64 : DType.F32;
    }
}
