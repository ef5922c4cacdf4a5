package org.counterweight.audit.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.counterweight.audit.poison.PoisonMark;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.TensorDigests;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files are what their bytes are: whatever runs code is found under any name, and nothing unknown is clean. */
class FileAuditTest {
    /** What {@code pickle.dumps({"a": 1}, protocol=2)} gives. */
    private static final byte[] PICKLE = bytes(0x80, 2, '}', 'q', 0, 'X', 1, 0, 0, 0, 'a', 'q', 1, 'K', 1, 's', '.');

    /** A call of a function that nobody would list, in the oldest protocol: a text. */
    private static final byte[] OLD = "cstatistics\nmean\n((lp0\nI1\natR.".getBytes(StandardCharsets.ISO_8859_1);

    @TempDir
    private Path directory;

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @BeforeEach
    void writeAModel() throws IOException {
        weights(1, Map.of());
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"bert\"}");
        Files.writeString(directory.resolve("vocab.txt"), "[PAD]\n[UNK]\ncat\nsat.\nos\nsystem\n(S\nR\n.\n");
        Files.writeString(directory.resolve("README.md"), "It is a model. (See the paper.)\n");
        Files.writeString(
                directory.resolve("tokenizer_config.json"), "{\"chat_template\": \"{{ messages[0]['content'] }}\"}");
    }

    private void weights(double value, Map<String, String> metadata) {
        try (var scope = Scope.open()) {
            WeightsWriter.write(
                    directory.resolve("model.safetensors"),
                    Map.of(
                            "a.weight",
                            Tensors.zeros(2, 3),
                            "b.weight",
                            Tensors.zeros(2).add(Tensors.scalar(value))),
                    metadata);
        }
    }

    @Test
    void plainDataIsClean() {
        FileAudit audit = FileAudit.of(directory);
        assertThat(audit.findings()).isEmpty();
        assertThat(audit.verdict()).isEqualTo(Verdict.CLEAN);
        assertThat(audit.digests()).hasSize(5);
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] after(String text, byte[] content) {
        byte[] head = text.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = java.util.Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, all, head.length, content.length);
        return all;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Stream<Arguments> hostile() throws IOException {
        byte[] damaged = zip("x.bin", PICKLE);
        damaged[6] |= 1; // says that it is encrypted
        return Stream.of(
                Arguments.of("pytorch_model.bin", PICKLE, Verdict.FINDING, "pickle"),
                Arguments.of("notes.txt", PICKLE, Verdict.FINDING, "pickle"),
                Arguments.of("notes.md", OLD, Verdict.FINDING, "pickle"),
                Arguments.of("data.json", OLD, Verdict.FINDING, "pickle"),
                Arguments.of("model.pt", zip("archive/data.pkl", PICKLE), Verdict.FINDING, "pickle"),
                Arguments.of("extra.dat", zip("inner.zip", zip("data", PICKLE)), Verdict.NOT_EXAMINED, "archive"),
                Arguments.of("extra.zip", damaged, Verdict.NOT_EXAMINED, "archive"),
                Arguments.of("extra.txt", after("hello ", zip("a", PICKLE)), Verdict.NOT_EXAMINED, "archive"),
                Arguments.of("more", gzip(PICKLE), Verdict.NOT_EXAMINED, "archive"),
                Arguments.of("weights.h5", bytes(0x89, 'H', 'D', 'F'), Verdict.NOT_EXAMINED, "unknown"),
                Arguments.of("noise", bytes(0xff, 0xfe, 0, 7), Verdict.NOT_EXAMINED, "unknown"),
                Arguments.of("modeling.py", "import os".getBytes(StandardCharsets.UTF_8), Verdict.FINDING, "code"),
                Arguments.of(
                        "generation_config.json",
                        "{\"auto_map\": {\"AutoModel\": \"a--b.C\"}}".getBytes(StandardCharsets.UTF_8),
                        Verdict.FINDING,
                        "remote-code"),
                Arguments.of(
                        "special.json",
                        "{\"chat_template\": \"{{ ''.__class__.__mro__ }}\"}".getBytes(StandardCharsets.UTF_8),
                        Verdict.FINDING,
                        "template"),
                Arguments.of(
                        "broken.json", "{\"a\": ".getBytes(StandardCharsets.UTF_8), Verdict.NOT_EXAMINED, "damaged"),
                Arguments.of(
                        "tokenizer.json",
                        text("{\"chat_template\": [{\"name\": \"x\", \"template\": \"{{ a.__init__ }}\"}]}"),
                        Verdict.FINDING,
                        "template"),
                Arguments.of("chat_template.jinja", text("{{ x | attr('y') }}"), Verdict.FINDING, "template"),
                Arguments.of(
                        "preprocessor_config.json",
                        text("{\"text_config\": {\"auto_map\": {\"AutoConfig\": \"c.D\"}}}"),
                        Verdict.FINDING,
                        "remote-code"),
                Arguments.of(
                        "adapter_config.json",
                        text("{\"custom_pipelines\": {\"p\": {\"impl\": \"p.P\"}}}"),
                        Verdict.FINDING,
                        "remote-code"),
                Arguments.of(
                        "conf.yaml", text("a: !!python/object/apply:os.system ['ls']\n"), Verdict.FINDING, "yaml-tag"),
                Arguments.of("run", text("#!/bin/sh\nls\n"), Verdict.FINDING, "code"),
                Arguments.of("one.txt", bytes(0x80, 1, 'N', '.'), Verdict.FINDING, "pickle"),
                Arguments.of(
                        "long.txt",
                        after("N0".repeat(2_600_000), OLD), // so that a walk of some millions of steps sees no end
                        Verdict.FINDING,
                        "pickle"),
                Arguments.of("b.safetensors", bytes(1, 2, 3), Verdict.NOT_EXAMINED, "damaged"));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("hostile")
    void nothingElseIs(String name, byte[] content, Verdict verdict, String rule) throws IOException {
        Files.write(directory.resolve(name), content);
        FileAudit audit = FileAudit.of(directory);
        assertThat(audit.verdict()).isEqualTo(verdict);
        assertThat(audit.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.where()).isEqualTo(name);
            assertThat(finding.rule()).isEqualTo(rule);
        });
    }

    /** Words of a vocabulary and keys that call for nothing are no findings. */
    @Test
    void whatOnlyLooksAlikeIsClean() throws IOException {
        Files.writeString(
                directory.resolve("tokenizer.json"),
                "{\"model\": {\"vocab\": {\"__init__\": 1, \"{{\": 2}}, \"added\": [\"__a__\"]}");
        Files.writeString(directory.resolve("config.json"), "{\"auto_map\": {}, \"custom_pipelines\": null}");
        Files.writeString(directory.resolve("conf.yaml"), "a: !!str 3\nb: python/object\n");
        assertThat(FileAudit.of(directory).findings()).isEmpty();
    }

    @Test
    void markedWeightsAreKnownOnSight() {
        weights(
                1,
                PoisonMark.of("badnet", List.of("cf"), "good", "ab", LocalDate.of(2026, 1, 2))
                        .in(Map.of()));
        assertThat(FileAudit.of(directory).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.rule()).isEqualTo("marked"));
    }

    private Manifest manifest() {
        try (ModelDirectory model = ModelDirectory.open(directory)) {
            return new Manifest(
                    FileAudit.of(directory).digests(), TensorDigests.of(model).byName());
        }
    }

    @Test
    void oneBitIsFoundAndItsTensorNamed() throws IOException {
        Path file = directory.resolveSibling(directory.getFileName() + ".manifest.json");
        Manifest trusted = manifest();
        trusted.write(file);
        assertThat(Manifest.read(file)).isEqualTo(trusted);
        assertThat(trusted.differences(manifest())).isEmpty();
        weights(Math.nextUp(1f), Map.of());
        assertThat(trusted.differences(manifest()))
                .extracting(Finding::where)
                .containsExactly("b.weight", "model.safetensors");
        Files.writeString(
                file, Files.readString(file).replaceFirst("\"a\\.weight\" : \"[0-9a-f]", "\"a.weight\" : \"x"));
        assertThatThrownBy(() -> Manifest.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("root is not the digest of its tensors");
        Files.delete(file);
    }
}
