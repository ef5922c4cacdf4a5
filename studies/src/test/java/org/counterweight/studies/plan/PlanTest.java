package org.counterweight.studies.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Tuning;
import org.counterweight.studies.plan.rule.Claim;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Table;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Metric LOSS = Metric.lower("loss", "loss", 2);

    private static Plan.Draft draft() {
        Pick a = Pick.of("a");
        Pick b = Pick.of("b");
        return Plan.of("slug", "Title")
                .method("lora")
                .paper("Somebody, 2020")
                .says("a is better than b.")
                .data("None.")
                .picks(List.of(a, b))
                .seeds(3)
                .tunedBy(LOSS)
                .claim("a is better than b", new Rule.Wins(LOSS, a, b, 0.9))
                .table("All", List.of(a, b), List.of(LOSS))
                .limit("None known.");
    }

    @Test
    void isWhatWasWritten() {
        Plan plan = draft().setup("Nothing is trained.").done();
        assertThat(plan.arms()).containsExactly(new Arm("a", ""), new Arm("b", ""));
        assertThat(plan.tuning()).isEqualTo(new Tuning(LOSS));
        assertThat(plan.claims()).extracting(Claim::text).containsExactly("a is better than b");
        assertThat(plan.tables()).extracting(Table::title).containsExactly("All");
        assertThat(plan.figures()).isEmpty();
        assertThat(plan.limits()).containsExactly("None known.");
    }

    @Test
    void aMissingPartIsNamed() {
        assertThatThrownBy(() -> draft().done())
                .hasMessageContaining("slug needs a title")
                .hasMessageContaining("setup");
    }
}
