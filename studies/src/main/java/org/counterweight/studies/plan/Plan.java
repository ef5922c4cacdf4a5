package org.counterweight.studies.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Tuning;
import org.counterweight.studies.plan.rule.Claim;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.studies.plan.shown.Table;
import org.jspecify.annotations.Nullable;

/**
 * A study as it is stated before it runs. Written by {@link #of}, in the order in which a reader wants to know it: what the
 * paper says, the data, what is run, the claims with their rules, what is shown, and what is not.
 *
 * @param slug its name on the command line and in files: {@code bone-digits}
 * @param method the method's name in the catalogue; several studies may share one
 * @param paper authors, title, year
 * @param says what the paper claims
 * @param data what it runs on, and how that is split
 * @param setup model, optimizer, steps, and what is varied
 * @param seeds how many; they are 0, 1, 2, …
 * @param tuning by which metric {@link Pick#tuned} chooses; null if no arm is tuned
 * @param limits what the study does not show, in sentences
 */
public record Plan(
        String slug,
        String title,
        String method,
        String paper,
        String says,
        String data,
        String setup,
        List<Arm> arms,
        int seeds,
        @Nullable Tuning tuning,
        List<Claim> claims,
        List<Table> tables,
        List<Figure> figures,
        List<String> limits) {
    public Plan {
        if (seeds < 1 || arms.isEmpty() || claims.isEmpty() || tables.isEmpty()) {
            throw new IllegalArgumentException(slug + " needs seeds, arms, claims and tables");
        }
        for (String part : List.of(title, method, paper, says, data, setup)) {
            if (part.isBlank()) {
                throw new IllegalArgumentException(
                        slug + " needs a title, a method, a paper and what it says, data and a setup");
            }
        }
        arms = List.copyOf(arms);
        claims = List.copyOf(claims);
        tables = List.copyOf(tables);
        figures = List.copyOf(figures);
        limits = List.copyOf(limits);
    }

    /** A plan to be written. */
    public static Draft of(String slug, String title) {
        return new Draft(slug, title);
    }

    /** A plan while it is written, each part under its name. Not for more than one thread. */
    public static final class Draft {
        private final String slug;
        private final String title;
        private String method = "";
        private String paper = "";
        private String says = "";
        private String data = "";
        private String setup = "";
        private List<Arm> arms = List.of();
        private int seeds;
        private @Nullable Tuning tuning;
        private final List<Claim> claims = new ArrayList<>();
        private final List<Table> tables = new ArrayList<>();
        private final List<Figure> figures = new ArrayList<>();
        private final List<String> limits = new ArrayList<>();

        private Draft(String slug, String title) {
            this.slug = slug;
            this.title = title;
        }

        /** Whose claims are put to the test, by the name in the catalogue. */
        public Draft method(String name) {
            method = name;
            return this;
        }

        public Draft paper(String authorsTitleYear) {
            paper = authorsTitleYear;
            return this;
        }

        public Draft says(String sentence) {
            says = sentence;
            return this;
        }

        public Draft data(String sentences) {
            data = sentences;
            return this;
        }

        public Draft setup(String sentences) {
            setup = sentences;
            return this;
        }

        public Draft arms(List<Arm> all) {
            arms = all;
            return this;
        }

        /** The arms that these picks name, none of them a tuned one. */
        public Draft picks(Collection<Pick> all) {
            return arms(all.stream().map(Pick::arm).toList());
        }

        public Draft seeds(int count) {
            seeds = count;
            return this;
        }

        public Draft tunedBy(Metric metric) {
            tuning = new Tuning(metric);
            return this;
        }

        public Draft claim(String sentence, Rule rule) {
            claims.add(new Claim(sentence, rule));
            return this;
        }

        public Draft table(String heading, List<Pick> rows, List<Metric> columns) {
            tables.add(new Table(heading, rows, columns));
            return this;
        }

        public Draft figure(Figure figure) {
            figures.add(figure);
            return this;
        }

        public Draft limit(String sentences) {
            limits.add(sentences);
            return this;
        }

        /** @throws IllegalArgumentException if a part is missing */
        public Plan done() {
            return new Plan(
                    slug, title, method, paper, says, data, setup, arms, seeds, tuning, claims, tables, figures,
                    limits);
        }
    }
}
