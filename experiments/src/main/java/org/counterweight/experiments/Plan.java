package org.counterweight.experiments;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A study as it is stated before it runs.
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
        Objects.requireNonNull(slug, "slug");
        if (seeds < 1 || arms.isEmpty() || claims.isEmpty() || tables.isEmpty()) {
            throw new IllegalArgumentException(slug + " needs seeds, arms, claims and tables");
        }
        arms = List.copyOf(arms);
        claims = List.copyOf(claims);
        tables = List.copyOf(tables);
        figures = List.copyOf(figures);
        limits = List.copyOf(limits);
    }
}
