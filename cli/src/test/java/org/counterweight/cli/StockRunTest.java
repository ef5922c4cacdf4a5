package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A run whose models are merged as they are trained, by its recipe's {@code stock}. */
class StockRunTest {
    @TempDir
    private Path root;

    @Test
    void everyEpochEndsWithAMergeThatIsReported() throws IOException {
        Sandbox sandbox = Sandbox.in(root);
        sandbox.write("recipe.yaml", """
                model: {name: "%1$s/model"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                stock: {replicas: 3}
                train: {epochs: 2, batch_size: 8, lr: 1e-3, precision: float32}
                output: {directory: "%1$s/out", baseline: false}
                """.formatted(root.toString().replace('\\', '/')));
        Ran ran = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("3 models are trained in turn and merged every epoch");
        ObjectNode stock = Configs.read(root.resolve("out/model_stock.json"));
        assertThat(stock.at("/merges").size()).isEqualTo(2);
        assertThat(stock.at("/merges/1/tensors/0/delta_norms").size()).isEqualTo(3);
        double t = stock.at("/merges/1/tensors/0/t").asDouble();
        assertThat(t).isBetween(0.0, 1.0);
        assertThat(Files.readString(root.resolve("out/report.html")))
                .contains(
                        "How far the merge went",
                        "Ratio of the merges",
                        "attention.self.query.weight",
                        "adamw, which remembers ",
                        " of 3 models");
        assertThat(Ran.cw("inspect", root.resolve("out/merged").toString()).out())
                .contains("model_stock");
    }
}
