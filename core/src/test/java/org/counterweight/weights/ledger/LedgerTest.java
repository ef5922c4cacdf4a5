package org.counterweight.weights.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    @TempDir
    Path directory;

    @Test
    void digestsAreThoseOfSha256sum() throws IOException {
        Path abc = Files.writeString(directory.resolve("abc"), "abc");
        assertThat(Digest.sha256(abc)).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        Path empty = Files.writeString(directory.resolve("empty"), "");
        // printf '%s' abc > abc; : > empty; sha256sum abc empty | sha256sum
        assertThat(Digest.sha256(List.of(empty, abc)))
                .isEqualTo(Digest.sha256(List.of(abc, empty)))
                .isEqualTo("0a9be9ab2b39262f5027c65688842f20e991ec1191e8acd3794bd47f37d67ab6");
    }

    /** A directory that is no model: pictures, say. */
    @Test
    void aTreeHasTheDigestOfItsList() throws IOException {
        Files.writeString(directory.resolve("abc"), "abc");
        Files.writeString(Files.createDirectory(directory.resolve("e")).resolve("empty"), "");
        // sha256sum abc e/empty | sha256sum
        assertThat(Ledger.digest(directory))
                .isEqualTo("9faa114b57f38f0bbdbdc75f46580cecadff57cd03c94e96a53971f6fd17837d");
    }

    @Test
    void travelsWithTheFileAndIsCheckedAgainstIt() throws IOException {
        try (var scope = Scope.open()) {
            Path input = directory.resolve("in.safetensors");
            WeightsWriter.write(input, Map.of("a", torch.ones(2)), Map.of());
            var config = Configs.yaml("{filter_wise: false, t: [0, 0.5]}", "test");
            var inputs = List.of(
                    new Ledger.Input("in.safetensors", Ledger.digest(input)), Ledger.Input.pending("gone.safetensors"));
            Ledger written = Ledger.of("model_stock", config, inputs, 7L, 2);
            Path out = directory.resolve("out.safetensors");
            WeightsWriter.write(out, Map.of("a", torch.ones(2)), written.metadata());

            try (SafetensorsFile file = SafetensorsFile.open(out)) {
                Ledger read = Ledger.in(file.metadata()).orElseThrow();
                assertThat(read).isEqualTo(written);
                assertThat(read.versions()).containsKeys("java", "libtorch");
                assertThat(read.verify(directory::resolve))
                        .extracting(check -> check.agrees() + " " + (check.found() == null))
                        .containsExactly("true false", "false true");
                WeightsWriter.write(input, Map.of("a", torch.ones(3)), Map.of());
                assertThat(read.verify(directory::resolve).get(0).agrees()).isFalse();
            }
        }
    }

    @Test
    void noLedgerAndABrokenOne() {
        assertThat(Ledger.in(Map.of("format", "pt"))).isEmpty();
        assertThatExceptionOfType(WeightsException.class)
                .isThrownBy(() -> Ledger.in(Map.of("counterweight", "{\"method\": 3}")))
                .withMessageContaining("made_by is no text");
        assertThatExceptionOfType(WeightsException.class)
                .isThrownBy(() -> Ledger.in(Map.of("counterweight", "nonsense")))
                .withMessageContaining("the ledger under counterweight cannot be read");
    }
}
