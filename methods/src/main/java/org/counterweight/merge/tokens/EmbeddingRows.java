package org.counterweight.merge.tokens;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.counterweight.merge.block.BlockSource;
import org.jspecify.annotations.Nullable;

/**
 * Where each row of the output's embedding comes from, for each model: its own row if it has the token; else as configured;
 * else the base's; else the mean over the models that have it (which is the row of the only one that has it); else zeros.
 * Rows beyond the vocabulary are the mean of the model's rows above.
 */
public final class EmbeddingRows {
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
    public EmbeddingRows(
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
    public int rows() {
        return rows;
    }

    /** Tokens that no model has: their rows are zero. */
    public List<String> orphans() {
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
     * @param matrices every model's own embedding, {@code [its rows, width]}, opened for each use
     */
    public Supplier<BlockSource> source(int model, List<Supplier<BlockSource>> matrices, int width) {
        return () -> new Gathered(model, matrices.stream().map(Supplier::get).toList(), width);
    }

    /** Rows gathered from several matrices. */
    private final class Gathered implements BlockSource {
        private final int model;
        private final List<BlockSource> matrices;
        private final int width;
        private final double[] row;
        private double @Nullable [] padding;

        Gathered(int model, List<BlockSource> matrices, int width) {
            this.model = model;
            this.matrices = matrices;
            this.width = width;
            this.row = new double[width];
        }

        @Override
        public void read(long from, int count, double[] to, int at) {
            int first = Math.toIntExact(from / width);
            for (int i = 0; i < count / width; i++) {
                if (first + i < tokens.length) {
                    gather(first + i, to, at + i * width);
                } else {
                    System.arraycopy(padding(), 0, to, at + i * width, width);
                }
            }
        }

        private void gather(int index, double[] to, int at) {
            Origin origin = origin(model, tokens[index]);
            int count = origin.models().length;
            if (count == 1) {
                matrices.get(origin.models()[0]).read((long) origin.rows()[0] * width, width, to, at);
                return;
            }
            Arrays.fill(to, at, at + width, 0);
            for (int k = 0; k < count; k++) {
                matrices.get(origin.models()[k]).read((long) origin.rows()[k] * width, width, row, 0);
                for (int i = 0; i < width; i++) {
                    to[at + i] += row[i] / count;
                }
            }
        }

        /** The mean of all rows that are tokens. */
        private double[] padding() {
            if (padding == null) {
                double[] mean = new double[width];
                double[] each = new double[width];
                for (int index = 0; index < tokens.length; index++) {
                    gather(index, each, 0);
                    for (int i = 0; i < width; i++) {
                        mean[i] += each[i] / tokens.length;
                    }
                }
                padding = mean;
            }
            return padding;
        }
    }
}
