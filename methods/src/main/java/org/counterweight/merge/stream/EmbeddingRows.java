package org.counterweight.merge.stream;

import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.sum;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * Where each row of the output's embedding comes from, for each model: its own row if it has the token; else as configured;
 * else the base's; else the mean over the models that have it (which is the row of the only one that has it); else zeros.
 * Rows beyond the vocabulary are the mean of the model's rows above.
 */
final class EmbeddingRows {
    private final List<Map<String, Integer>> vocabularies;
    private final int base;
    private final Map<String, Wanted> wanted;
    private final String[] tokens;
    private final int rows;

    /**
     * Another origin than the rule's for one token.
     *
     * @param model −1 for zeros
     */
    record Wanted(int model, int row, boolean force) {}

    /** A row as a mean of rows: none for zeros. */
    private record Origin(int[] models, int[] rows) {}

    /**
     * @param output the output's vocabulary: a row for each token, from 0 without gaps
     * @param vocabularies one a model
     * @param base the index of the base among the models; −1 if there is none
     * @param padToMultipleOf rows are added up to a multiple of this
     */
    EmbeddingRows(
            Map<String, Integer> output,
            List<Map<String, Integer>> vocabularies,
            int base,
            Map<String, Wanted> wanted,
            int padToMultipleOf) {
        this.vocabularies = List.copyOf(vocabularies);
        this.base = base;
        this.wanted = Map.copyOf(wanted);
        int last = output.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        this.tokens = new String[last + 1];
        output.forEach((token, row) -> tokens[row] = token);
        this.rows = (tokens.length + padToMultipleOf - 1) / padToMultipleOf * padToMultipleOf;
    }

    /** How many rows the output has. */
    int rows() {
        return rows;
    }

    /** Tokens that no model has: their rows are zero. */
    List<String> orphans() {
        var orphans = new ArrayList<String>();
        for (String token : tokens) {
            if (token != null
                    && !wanted.containsKey(token)
                    && vocabularies.stream().noneMatch(vocabulary -> vocabulary.containsKey(token))) {
                orphans.add(token);
            }
        }
        return orphans;
    }

    private Origin origin(int model, @Nullable String token) {
        if (token == null) {
            return new Origin(new int[0], new int[0]);
        }
        Integer own = vocabularies.get(model).get(token);
        Wanted other = wanted.get(token);
        if (own != null && (other == null || !other.force())) {
            return new Origin(new int[] {model}, new int[] {own});
        }
        if (other != null) {
            return other.model() < 0
                    ? new Origin(new int[0], new int[0])
                    : new Origin(new int[] {other.model()}, new int[] {other.row()});
        }
        Integer ofBase = base < 0 ? null : vocabularies.get(base).get(token);
        if (ofBase != null) {
            return new Origin(new int[] {base}, new int[] {ofBase});
        }
        var owners = new ArrayList<Integer>();
        var found = new ArrayList<Integer>();
        for (int i = 0; i < vocabularies.size(); i++) {
            Integer row = vocabularies.get(i).get(token);
            if (row != null) {
                owners.add(i);
                found.add(row);
            }
        }
        return new Origin(ints(owners), ints(found));
    }

    private static int[] ints(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * One model's matrix in the rows of the output, block by block; blocks hold whole rows.
     *
     * @param matrices every model's own embedding, {@code [its rows, width]}, opened when asked
     */
    BlockSource source(int model, List<Supplier<Tensor>> matrices, long width) {
        Supplier<double[]> padding = new Supplier<>() {
            private double @Nullable [] mean;

            @Override
            public synchronized double[] get() {
                if (mean == null) {
                    mean = mean(model, matrices, width);
                }
                return mean;
            }
        };
        return (from, to, work) -> gather(
                        model,
                        Math.toIntExact(from / width),
                        Math.toIntExact(to / width),
                        matrices,
                        width,
                        work,
                        padding)
                .view(-1);
    }

    private Tensor gather(
            int model,
            int from,
            int to,
            List<Supplier<Tensor>> matrices,
            long width,
            ScalarType work,
            Supplier<double[]> padding) {
        try (var scope = Scope.open()) {
            Tensor block = torch.zeros(new long[] {to - from, width}, Tensors.options(work));
            var places = new LinkedHashMap<Integer, List<Integer>>(); // whole rows of one model are moved together
            var origins = new LinkedHashMap<Integer, List<Integer>>();
            for (int row = from; row < Math.min(to, tokens.length); row++) {
                Origin origin = origin(model, tokens[row]);
                if (origin.models().length == 1) {
                    int owner = origin.models()[0];
                    places.computeIfAbsent(owner, key -> new ArrayList<>()).add(row - from);
                    origins.computeIfAbsent(owner, key -> new ArrayList<>()).add(origin.rows()[0]);
                } else if (origin.models().length > 1) {
                    block.select(0, row - from)
                            .copy_(mean(origin, matrices, width).to(work));
                }
            }
            places.forEach((owner, rowsThere) -> {
                Tensor moved = matrices.get(owner).get().index_select(0, index(origins.getOrDefault(owner, List.of())));
                block.index_copy_(0, index(rowsThere), moved.to(work));
            });
            if (to > tokens.length) {
                int first = Math.max(from, tokens.length) - from;
                slice(block, 0, first, to - from)
                        .copy_(Tensors.doubles(padding.get()).to(work));
            }
            return scope.keep(block);
        }
    }

    private static Tensor index(List<Integer> numbers) {
        return longs(numbers.stream().mapToLong(Integer::longValue).toArray());
    }

    private static Tensor mean(Origin origin, List<Supplier<Tensor>> matrices, long width) {
        Tensor sum = torch.zeros(new long[] {width}, Tensors.options(ScalarType.Double));
        for (int i = 0; i < origin.models().length; i++) {
            sum.add_(matrices.get(origin.models()[i])
                    .get()
                    .select(0, origin.rows()[i])
                    .to(ScalarType.Double));
        }
        return sum.div_(scalar(origin.models().length));
    }

    private double[] mean(int model, List<Supplier<Tensor>> matrices, long width) {
        double[] mean = new double[Math.toIntExact(width)];
        int step = 1024;
        for (int from = 0; from < tokens.length; from += step) {
            try (var scope = Scope.open()) {
                int to = Math.min(tokens.length, from + step);
                Tensor block = gather(model, from, to, matrices, width, ScalarType.Double, () -> mean);
                double[] part = Tensors.toDoubles(sum(block, false, 0));
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += part[i] / tokens.length;
                }
            }
        }
        return mean;
    }
}
