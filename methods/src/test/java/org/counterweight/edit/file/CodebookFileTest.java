package org.counterweight.edit.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.codebook.Distance;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.codebook.Maintenance;
import org.counterweight.edit.codebook.Wanted;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A codebook that was written is read as it was, its history included. */
class CodebookFileTest {
    private static final String BASE = "ab".repeat(32);

    @TempDir
    private Path directory;

    private static GraceConfig config(String more) {
        return Configs.bind(Configs.yaml("{layer: l2" + more + "}", "settings"), GraceConfig.class, "");
    }

    private static History.State made(GraceConfig config) {
        SplittableRandom random = new Seed(2).random();
        Maintenance maintenance = config.maintenance();
        History.State state = History.State.empty(config.distFn());
        for (int i = 0; i < 50; i++) {
            double[] query = {(float) random.nextDouble(), random.nextDouble()};
            long[] label = random.nextBoolean() ? new long[] {1} : new long[] {1, 2, 3};
            Maintenance.Step step = maintenance.apply(
                    state.book(), new Wanted(query, label, new double[] {i, i, 0.1f}, "text " + i, i));
            state = state.history().edited(step, state.book(), step.after());
        }
        long id = state.book().entries().get(1).id();
        return state.history().delete(state.book(), id, true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ", eps: 0.3",
                ", eps: 0.3, anchors: false, eps_expand: moving_average",
                ", dist_fn: cos, eps: 0.1"
            })
    void whatIsReadIsWhatWasWritten(String settings) {
        GraceConfig config = config(settings);
        var written = new CodebookFile(config, "bert.l2", BASE, made(config));
        Path file = directory.resolve("codebook.safetensors");
        written.write(file, Map.of("remark", "kept"));
        CodebookFile read = CodebookFile.read(file);
        assertThat(read).usingRecursiveComparison().isEqualTo(written);
        assertThat(read.state().history().rollback(read.state().book(), 20).book())
                .usingRecursiveComparison()
                .isEqualTo(written.state()
                        .history()
                        .rollback(written.state().book(), 20)
                        .book());
        read.write(directory.resolve("again.safetensors"), Map.of("remark", "kept"));
        assertThat(directory.resolve("again.safetensors")).hasSameBinaryContentAs(file);
    }

    @Test
    void anEmptyOneIsKeptToo() {
        GraceConfig config = config("");
        var written = new CodebookFile(config, "l2", BASE, History.State.empty(Distance.EUC));
        written.write(directory.resolve("codebook.safetensors"), Map.of());
        assertThat(CodebookFile.read(directory.resolve("codebook.safetensors"))).isEqualTo(written);
    }

    @Test
    void anotherModelIsRefused() {
        var book = new CodebookFile(config(""), "l2", BASE, History.State.empty(Distance.EUC));
        book.checkBase("edits", BASE);
        assertThatThrownBy(() -> book.checkBase("edits", "cd".repeat(32)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "edits: was made for another model, of sha256 abababababab…; this one is of sha256"
                                + " cdcdcdcdcdcd…");
    }

    @Test
    void anyOtherFileIsRefused() {
        Path file = directory.resolve("model.safetensors");
        try (var scope = Scope.open()) {
            WeightsWriter.write(file, Map.of("keys", Tensors.zeros(2, 2)), Map.of());
        }
        assertThatThrownBy(() -> CodebookFile.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("is no codebook");
    }
}
