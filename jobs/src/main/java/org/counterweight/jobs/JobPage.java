package org.counterweight.jobs;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.weights.ledger.Ledger;

/**
 * The page of a job that is no single classifier's: what a ledger knows stands on each of them in the same place.
 *
 * @param lead one or two sentences: what was done and the result
 * @param settings as it was done, in YAML
 */
public record JobPage(String title, String lead, String settings, Ledger ledger) {
    public Page of(
            List<Page.Figure> figures,
            String chartsTitle,
            List<Chart> charts,
            List<Page.Sheet> sheets,
            List<Page.Fact> facts,
            List<Page.Next> next) {
        return Page.builder(title, lead)
                .figures(figures)
                .charts(chartsTitle, charts)
                .sheets(sheets)
                .recipe(settings)
                .inputs(ledger.inputs().stream()
                        .map(input -> new Page.Fact(input.name(), input.sha256()))
                        .toList())
                .facts(facts)
                .next(next)
                .build();
    }

    /** By what, from which seed and on how many threads it was done; then what else there is to know. */
    public static List<Page.Fact> facts(Ledger ledger, Page.Fact... more) {
        var facts = new ArrayList<>(List.of(
                new Page.Fact("made by", ledger.madeBy()),
                new Page.Fact("seed", String.valueOf(ledger.seed())),
                new Page.Fact("threads", String.valueOf(ledger.threads()))));
        facts.addAll(List.of(more));
        return facts;
    }
}
