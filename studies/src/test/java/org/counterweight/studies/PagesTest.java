package org.counterweight.studies;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.rule.Claim;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.studies.plan.shown.Table;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages of what came out are those of the studies as they stand in the code. */
class PagesTest {
    private static final Path PAGES = Path.of("..", "docs", "studies");

    /** Of the pages that there are: a study may be new, and not have been run in full. */
    static List<Plan> plans() {
        return Studies.all().stream()
                .map(Study::plan)
                .filter(plan -> Files.exists(page(plan)))
                .toList();
    }

    private static Path page(Plan plan) {
        return PAGES.resolve(plan.slug() + ".md");
    }

    @ParameterizedTest
    @MethodSource("plans")
    void aPageSaysWhatItsPlanSays(Plan plan) throws IOException {
        String page = Files.readString(page(plan));
        assertThat(page)
                .startsWith("# " + plan.title() + "\n")
                .contains(plan.paper() + ".\n", plan.says(), plan.data(), plan.setup())
                .contains("The command: `./cw reproduce " + plan.slug() + "`.");
        for (Claim claim : plan.claims()) {
            assertThat(page)
                    .contains("**: " + claim.text() + "  \n")
                    .contains("Rule: " + claim.rule().text() + ".\n");
        }
        for (Table table : plan.tables()) {
            assertThat(page).contains("## " + table.title() + "\n");
        }
        for (Figure figure : plan.figures()) {
            String name = plan.slug() + "-" + figure.name();
            String file = page.contains("(" + name + ".svg)") ? name + ".svg" : name + ".png"; // as it was drawn then
            assertThat(page).contains("(" + file + ")");
            assertThat(PAGES.resolve(file)).isRegularFile();
        }
    }
}
