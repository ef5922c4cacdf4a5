package org.counterweight.datasets.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** MNIST and its like come as idx files, and stay so; only their names change. */
public final class ImageConversion {
    private ImageConversion() {}

    /**
     * @param directory where the four files lie in the package
     * @param ending {@code .gz} or nothing
     */
    public static Converter idx(String directory, String ending, List<String> labels) {
        return (in, out) -> {
            for (String kind : List.of("images-idx3", "labels-idx1")) {
                String to = "-" + kind.substring(0, 6) + ".idx";
                copy(in.resolve(directory + "/train-" + kind + "-ubyte" + ending), out.resolve("train" + to));
                copy(in.resolve(directory + "/t10k-" + kind + "-ubyte" + ending), out.resolve("test" + to));
            }
            Files.write(out.resolve("labels.txt"), labels);
        };
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to);
    }
}
