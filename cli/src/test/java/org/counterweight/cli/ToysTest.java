package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.catalogue.Catalogue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The methods of docs/adding-a-method.md, one of each verb: their classes and their list on the class path of another process
 * are all that {@code cw} needs to explain them, and to run what it gives to paste.
 */
class ToysTest {
    private static final List<String> TOYS = List.of("gain", "volume", "inverse_loss", "furthest", "box");

    @TempDir
    private Path root;

    /** The other process: runs each toy in a directory of its own below the one that is named. */
    public static void main(String[] words) {
        for (String toy : TOYS) {
            for (Ran ran : Pasted.in(Path.of(words[0], toy)).run(toy)) {
                System.out.println(toy + " " + ran.status() + (ran.status() == 0 ? "" : "\n" + ran.err()));
            }
        }
        System.out.println(Ran.cw("methods").out());
        System.exit(0);
    }

    @Test
    void anEntryMakesAMethod() throws IOException, InterruptedException {
        assertThat(TOYS).allSatisfy(toy -> assertThat(Catalogue.find(toy)).isEmpty());
        ProcessBuilder java = KilledRunTest.java(ToysTest.class, List.of(), List.of(root.toString()));
        List<String> command = java.command();
        int classPath = command.indexOf("-cp") + 1;
        Path toys = Path.of("methods", "target", "test-classes").toAbsolutePath();
        command.set(classPath, command.get(classPath) + File.pathSeparator + toys);
        Process process = java.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said.lines())
                .containsAll(TOYS.stream().map(toy -> toy + " 0").toList());
        assertThat(said).contains("Keeps what is trained within a box");
    }
}
