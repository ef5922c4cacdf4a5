package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import tools.jackson.databind.node.ObjectNode;

/** Tables of a sandbox that {@code cw weigh} weighs, and what it leaves. */
record Weighed(Sandbox sandbox) {
    /** Weighs, and comes to its end. */
    Ran by(String... words) {
        Ran ran = Ran.cw(Stream.concat(Stream.of("weigh"), Arrays.stream(words)).toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    ObjectNode figures(String output) {
        return Configs.json(sandbox.read(output + "/weighing.json"), "weighing");
    }

    /** A column of a CSV file. */
    double[] column(String file, String name) throws IOException {
        List<String> lines = Files.readAllLines(sandbox.path(file));
        int place = List.of(lines.get(0).split(",")).indexOf(name);
        return lines.stream()
                .skip(1)
                .mapToDouble(line -> Double.parseDouble(line.split(",", -1)[place]))
                .toArray();
    }
}
