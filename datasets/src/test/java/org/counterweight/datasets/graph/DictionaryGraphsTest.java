package org.counterweight.datasets.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.counterweight.data.DataException;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.GraphFiles;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DictionaryGraphsTest {
    private static final String CAT = "Cat \\Cat\\, n. [OE. cat.] (Zool.) A beast; see {Paw} and {Cat}.";
    private static final String PAW = "Paw \\Paw\\, n. (Anat.) The foot of a beast.";
    private static final String TIE = "Oil, n. (Bot.) (Chem.) Of both.";
    private static final String NONE = "Idea, n. See {Cat}. (Fig.) A thought.";
    private static final String NOUNS = """
          1 This software and database is being provided
        00000001 05 n 02 house_cat 0 cat 0 002 @ 00000002 n 0000 + 00000009 v 0101 | a beast that purrs
        00000002 05 n 01 beast 0 001 ~ 00000001 n 0000 | lives
        00000003 09 n 01 idea 0 001 @ 00000001 n 0000 | a thought
        """;

    @TempDir
    private Path root;

    @Test
    void anEntryIsOfTheClassThatMostOfItsMarksSay() {
        assertThat(Webster.label(CAT)).isZero();
        assertThat(Webster.label(PAW)).isEqualTo(2);
        assertThat(Webster.label(TIE)).as("a tie").isEqualTo(-1);
        assertThat(Webster.label(NONE)).isEqualTo(-1);
        assertThat(Webster.label("(Steam\\n  Engine.) Old. (Mach.) (Bot.)".replace("\\n", "\n")))
                .as("over the end of a line")
                .isEqualTo(4);
        assertThat(Webster.plain(CAT)).doesNotContain("Zool", "OE", "\\").contains("Cat", "A beast");
        assertThat(Webster.plain(NONE)).as("no subject").contains("(Fig.)");
    }

    @Test
    void wordsAreWeighedByHowFewTextsHaveThem() {
        TermWeights words = TermWeights.of(List.of("a beast beast", "the beast", "The paw"), 3);
        assertThat(words.places()).containsOnlyKeys("beast", "paw", "the");
        List<TermWeights.Weight> weights = words.of(List.of("paw the unknown", "Beast beast"));
        double paw = Math.log(4.0 / 2) + 1;
        double the = Math.log(4.0 / 3) + 1;
        assertThat(weights).hasSize(3);
        assertThat(weights.get(0).value()).isCloseTo(paw / Math.hypot(paw, the), within(1e-12));
        assertThat(weights.get(2).value()).as("of length 1").isCloseTo(1, within(1e-12));
    }

    @Test
    void bothBecomeGraphsOfTheSameWordsAndClasses() throws IOException {
        Path in = root.resolve("in");
        dictionary(in.resolve("usr/share/dictd"), List.of("Cat", "Paw", "Oil", "Idea"), List.of(CAT, PAW, TIE, NONE));
        Files.writeString(in.resolve("data.noun"), NOUNS);
        Path out = Files.createDirectories(root.resolve("out"));
        DictionaryGraphs.of("toy", "data.noun").convert(in, out);
        try (var scope = Scope.open()) {
            Graph webster = GraphFiles.read(out.resolve("webster.safetensors"));
            Graph wordnet = GraphFiles.read(out.resolve("wordnet.safetensors"));
            assertThat(Tensors.toLongs(webster.nodes().labels())).containsExactly(0, 2);
            assertThat(Tensors.toLongs(webster.edges().flatten()))
                    .as("the cat refers to the paw")
                    .containsExactly(0, 1);
            assertThat(Tensors.toLongs(wordnet.nodes().labels())).containsExactly(0, 0);
            assertThat(Tensors.toLongs(wordnet.edges().t().flatten())).containsExactly(0, 1, 1, 0);
            assertThat(wordnet.width()).isEqualTo(webster.width());
            assertThat(webster.nodes().features().norm().square().item_double()).isCloseTo(2, within(1e-5));
        }
        assertThat(Files.readAllLines(out.resolve("labels.txt")))
                .containsExactly("animal", "plant", "body", "substance", "artifact");
        Files.writeString(in.resolve("data.noun"), "00000001 05 n\n");
        assertThatThrownBy(() -> DictionaryGraphs.of("toy", "data.noun").convert(in, out))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("is no line of WordNet");
    }

    private static void dictionary(Path directory, List<String> headwords, List<String> texts) throws IOException {
        Files.createDirectories(directory);
        String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var index = new StringBuilder();
        var all = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            index.append(headwords.get(i));
            for (int number : new int[] {all.length(), texts.get(i).length()}) {
                index.append('\t').append(digits.charAt(number / 64)).append(digits.charAt(number % 64));
            }
            index.append('\n');
            all.append(texts.get(i));
        }
        Files.writeString(directory.resolve("toy.index"), index);
        try (OutputStream text = new GZIPOutputStream(Files.newOutputStream(directory.resolve("toy.dict.dz")))) {
            text.write(all.toString().getBytes(StandardCharsets.US_ASCII));
        }
    }
}
