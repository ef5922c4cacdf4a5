package org.counterweight.edit.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;

/** Vectors and rows of tokens as tensors, and back, strictly. */
final class Columns {
    private Columns() {}

    /**
     * {@code [rows, width]}: in float32 where that loses nothing, which is so of all that a float32 model gave, else float64.
     *
     * @param width for a matrix of no rows
     */
    static Tensor matrix(List<double[]> rows, int width) {
        double[] flat = rows.stream().flatMapToDouble(Arrays::stream).toArray();
        Tensor exact = Tensors.doubles(flat, rows.size(), width);
        boolean isFloat = Arrays.stream(flat).allMatch(x -> x == (float) x);
        return isFloat ? exact.to(ScalarType.Float) : exact;
    }

    /** Puts rows of any length under {@code name_tokens} and {@code name_offsets}, {@code [sum]} and {@code [rows + 1]}. */
    static void putTokens(Map<String, Tensor> tensors, String name, List<long[]> rows) {
        long[] offsets = new long[rows.size() + 1];
        for (int i = 0; i < rows.size(); i++) {
            offsets[i + 1] = offsets[i] + rows.get(i).length;
        }
        tensors.put(
                name + "_tokens",
                Tensors.longs(rows.stream().flatMapToLong(Arrays::stream).toArray()));
        tensors.put(name + "_offsets", Tensors.longs(offsets));
    }

    /** The rows of a matrix, all of them finite. */
    static List<double[]> rows(SafetensorsFile file, String name) {
        Tensor matrix = tensor(file, name);
        if (matrix.dim() != 2 || !matrix.is_floating_point()) {
            throw new WeightsException(file.path(), name + " is no matrix of numbers");
        }
        double[] flat = Tensors.toDoubles(matrix);
        if (!Arrays.stream(flat).allMatch(Double::isFinite)) {
            throw new WeightsException(file.path(), name + " holds numbers that are not finite");
        }
        int width = Math.toIntExact(matrix.size(1));
        var rows = new ArrayList<double[]>();
        for (int row = 0; row < matrix.size(0); row++) {
            rows.add(Arrays.copyOfRange(flat, row * width, (row + 1) * width));
        }
        return rows;
    }

    static double[] numbers(SafetensorsFile file, String name, int count) {
        double[] numbers = Tensors.toDoubles(tensor(file, name));
        if (numbers.length != count || !Arrays.stream(numbers).allMatch(Double::isFinite)) {
            throw new WeightsException(file.path(), name + " has not one finite number for each of " + count + " rows");
        }
        return numbers;
    }

    static long[] integers(SafetensorsFile file, String name, int count) {
        Tensor tensor = tensor(file, name);
        if (tensor.is_floating_point() || tensor.numel() != count) {
            throw new WeightsException(file.path(), name + " has not one integer for each of " + count + " rows");
        }
        return Tensors.toLongs(tensor);
    }

    static List<long[]> tokens(SafetensorsFile file, String name, int count) {
        long[] offsets = integers(file, name + "_offsets", count + 1);
        long[] flat = Tensors.toLongs(tensor(file, name + "_tokens"));
        boolean isRising = offsets[0] == 0 && offsets[count] == flat.length;
        for (int i = 0; i < count; i++) {
            isRising &= offsets[i] <= offsets[i + 1];
        }
        if (!isRising) {
            throw new WeightsException(
                    file.path(), name + "_offsets do not rise from 0 to " + flat.length + ", the number of tokens");
        }
        var rows = new ArrayList<long[]>();
        for (int i = 0; i < count; i++) {
            rows.add(Arrays.copyOfRange(flat, (int) offsets[i], (int) offsets[i + 1]));
        }
        return rows;
    }

    private static Tensor tensor(SafetensorsFile file, String name) {
        if (!file.tensors().containsKey(name)) {
            throw new WeightsException(file.path(), "has no " + name + "; it is no codebook, or damaged");
        }
        return file.tensor(name);
    }
}
