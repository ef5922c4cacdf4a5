package org.counterweight.studies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;
import org.counterweight.studies.page.Gallery;
import org.counterweight.studies.page.Markdown;
import org.counterweight.studies.page.StudyListener;
import org.counterweight.studies.page.StudyResult;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Run;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReproductionTest {
    @TempDir
    Path output;

    @Test
    void judgesByItsRulesAndWritesEverything() throws IOException {
        StudyResult report = Reproduction.of(new CoinStudy()).run(output, StudyListener.SILENT);
        assertThat(report.claims())
                .extracting(StudyResult.Outcome::verdict)
                .containsExactly(Verdict.HELD, Verdict.NOT_HELD);
        assertThat(report.complete()).isTrue();
        assertThat(report.runs()).hasSize(40);
        assertThat(report.tables().get(0).rows().get(2).get(1)).as("tuned").isEqualTo("p 0.7");
        assertThat(report.tables().get(0).rows().get(3).get(2)).isEqualTo("diverged in 10 of 10");
        Path coin = output.resolve("coin");
        for (String figure : List.of("bars.svg", "curves.svg", "sweep.svg")) {
            assertThat(coin.resolve(figure)).content().startsWith("<svg ").endsWith("</svg>\n");
        }
        assertThat(coin.resolve("table.md")).content().contains("**held**: The loaded coin", "| fair   |");
        assertThat(output.resolve("index.html"))
                .content()
                .contains("A loaded coin &amp; a fair one", "data:image/svg+xml;base64,")
                .doesNotContain("http://", "https://", "src=\"/");
    }

    @Test
    void whatIsWrittenIsReadBackTheSame() throws IOException {
        StudyResult report = new Reproduction(new CoinStudy(), Size.FULL, 3).run(output, StudyListener.SILENT);
        StudyResult read = Gallery.read(output).get(0);
        assertThat(Markdown.of(read)).isEqualTo(Markdown.of(report));
        assertThat(read.runs().get(0).measured().values())
                .isEqualTo(report.runs().get(0).measured().values());
        assertThat(read.runs().get(3).measured().values().get("heads")).isNaN();
    }

    @Test
    void fewerSeedsOrAReducedSizeDecideNothing() throws IOException {
        StudyResult quick = new Reproduction(new CoinStudy(), Size.QUICK, 0).run(output, StudyListener.SILENT);
        StudyResult few = new Reproduction(new CoinStudy(), Size.FULL, 9).run(output, StudyListener.SILENT);
        for (StudyResult report : List.of(quick, few)) {
            assertThat(report.complete()).isFalse();
            assertThat(report.count(Verdict.NOT_DECIDED)).isEqualTo(2);
        }
        assertThat(quick.seeds()).isEqualTo(2);
        assertThat(output.resolve("index.html")).content().contains(few.warning());
    }

    @Test
    void theSameCallGivesTheSameFiguresAndReplacesTheOld() throws IOException {
        var reproduction = new Reproduction(new CoinStudy(), Size.QUICK, 0);
        StudyResult first = reproduction.run(output, StudyListener.SILENT);
        StudyResult second = reproduction.run(output, StudyListener.SILENT);
        assertThat(second.tables()).isEqualTo(first.tables());
        try (Stream<Path> left = Files.list(output)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("coin", "index.html");
        }
    }

    @Test
    void whatNoReproductionWroteIsKept() throws IOException {
        var reproduction = new Reproduction(new CoinStudy(), Size.QUICK, 1);
        Path page = Files.writeString(output.resolve("index.html"), "mine");
        assertRefused(reproduction, page);
        Files.delete(page);
        reproduction.run(output, StudyListener.SILENT);
        assertRefused(reproduction, Files.writeString(output.resolve("coin/notes.txt"), "mine"));
        Files.delete(output.resolve("coin/notes.txt"));
        Path link = Files.createSymbolicLink(output.resolve("coin/more"), output.resolve("coin"));
        assertRefused(reproduction, link);
        Files.delete(link);
        reproduction.run(output, StudyListener.SILENT);
    }

    private void assertRefused(Reproduction reproduction, Path file) {
        assertThatThrownBy(() -> reproduction.run(output, StudyListener.SILENT))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "%s was written by no reproduction, and is not replaced; name another directory with --output",
                        file);
        assertThat(file).exists();
    }

    @Test
    void aStudyThatFailsLeavesNothing() throws IOException {
        Study failing = new Study() {
            @Override
            public Plan plan() {
                return new CoinStudy().plan();
            }

            @Override
            public Trial prepare(Seed seed, Size size) {
                return arm -> {
                    throw new IllegalStateException("the coin rolled away");
                };
            }
        };
        assertThatThrownBy(() -> Reproduction.of(failing).run(output, StudyListener.SILENT))
                .hasMessage("the coin rolled away");
        assertThat(output).isEmptyDirectory();
    }

    @Test
    void studiesAreFoundBySlugAndByMethod() {
        List<Study> studies = List.of(new CoinStudy());
        assertThat(Studies.named("coin", studies)).hasSize(1);
        assertThat(Studies.named("tossing", studies)).hasSize(1);
        assertThatThrownBy(() -> Studies.named("tosing", studies))
                .isInstanceOf(ConfigException.class)
                .hasMessage("there is no study \"tosing\"; did you mean \"tossing\"? Known: tossing, coin");
    }

    @Test
    void progressIsTold() throws IOException {
        var told = new ArrayList<String>();
        new Reproduction(new CoinStudy(), Size.QUICK, 1).run(output, new StudyListener() {
            @Override
            public void started(Plan plan, int runs) {
                told.add(plan.slug() + " " + runs);
            }

            @Override
            public void ran(Run run) {
                told.add(run.arm().toString());
            }

            @Override
            public void finished(StudyResult report) {
                told.add(report.verdicts());
            }
        });
        assertThat(told)
                .containsExactly(
                        "coin 4", "fair, p 0.5", "loaded, p 0.6", "loaded, p 0.7", "broken, p 0.5", "2 not decided");
    }
}
