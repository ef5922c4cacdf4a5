package org.counterweight.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.counterweight.data.DataException;
import org.counterweight.datasets.convert.Converter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetcherTest {
    @TempDir
    Path root;

    private final List<String> said = new ArrayList<>();

    private Fetcher fetcher() {
        return new Fetcher(new Cache(root), said::add);
    }

    private static Holding holding(Converter converter) {
        return new Holding("toy", Holding.Kind.TEXTS, "A toy", "CC0", 0, List.of(), converter);
    }

    @Test
    void whatIsThereIsNotMadeAgain() throws IOException {
        var times = new AtomicInteger();
        Holding toy = holding((in, out) -> {
            times.incrementAndGet();
            Files.writeString(out.resolve("train.jsonl"), "{}");
        });
        assertThat(fetcher().has(toy)).isFalse();
        Path first = fetcher().fetch(toy);
        assertThat(fetcher().has(toy)).isTrue();
        assertThat(fetcher().fetch(toy)).isEqualTo(first).isEqualTo(root.resolve("data/toy"));
        assertThat(times).hasValue(1);
        assertThat(first.resolve("origin.json")).content().contains("\"licence\" : \"CC0\"");
        assertThat(said).containsExactly("converting toy", "toy is in " + first);
        assertOnlyTheDataAreLeft();
    }

    @Test
    void nothingIsLeftOfAConversionThatFails() throws IOException {
        Holding toy = holding((in, out) -> {
            Files.writeString(out.resolve("train.jsonl"), "half");
            throw new IOException("the disk is full");
        });
        assertThatThrownBy(() -> fetcher().fetch(toy))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("toy cannot be fetched: the disk is full");
        assertThat(fetcher().has(toy)).isFalse();
        assertThat(root.resolve("data/toy")).doesNotExist();
        assertOnlyTheDataAreLeft();
    }

    private void assertOnlyTheDataAreLeft() throws IOException {
        try (Stream<Path> left = Files.walk(root)) {
            assertThat(left.map(path -> root.relativize(path).toString()))
                    .allMatch(path -> path.isEmpty() || path.matches("data|data.toy.*"));
        }
    }

    @Test
    void aPackageThatIsNotTheOneThatWasCheckedIsRefused() throws IOException {
        Path file = Files.writeString(root.resolve("a.tgz"), "abc");
        var right = PackageFile.of(PackageClient.NPM, "a@1", "ba7816bf8f01cfea", ".*");
        var wrong = PackageFile.of(PackageClient.NPM, "a@1", "ba7816bf8f01cfeb", ".*");
        assertThat(right.check(file)).startsWith("ba7816bf8f01cfea").hasSize(64);
        assertThatThrownBy(() -> wrong.check(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a@1: the SHA-256 of the package begins with ba7816bf8f01cfea, expected");
    }

    @Test
    void aClientThatIsNotThereIsNamedWithTheRemedy() {
        assertThatThrownBy(() -> PackageClient.NPM.execute(List.of("no-such-program-here"), root))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("npm is not on this machine")
                .hasMessageContaining("apt-get install npm");
    }

    @Test
    void theCacheIsWhereTheUserWantsIt() {
        Path home = Path.of("home");
        assertThat(Cache.of(Map.of("CW_CACHE", "mine", "XDG_CACHE_HOME", "xdg"), home)
                        .root())
                .isEqualTo(Path.of("mine"));
        assertThat(Cache.of(Map.of("XDG_CACHE_HOME", "xdg"), home).root()).isEqualTo(Path.of("xdg", "counterweight"));
        assertThat(Cache.of(Map.of(), home).root()).isEqualTo(Path.of("home", ".cache", "counterweight"));
    }

    @Test
    void everyNameIsGivenOnceAndAWrongOneGetsTheNearest() {
        assertThat(Holdings.all().stream().map(Holding::name)).doesNotHaveDuplicates();
        assertThat(Holdings.named("minilm").kind()).isEqualTo(Holding.Kind.MODEL);
        assertThatThrownBy(() -> Holdings.named("wordnet-noun"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("did you mean \"wordnet-nouns\"?");
    }
}
