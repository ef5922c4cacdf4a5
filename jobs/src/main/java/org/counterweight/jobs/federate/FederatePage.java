package org.counterweight.jobs.federate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.federate.run.Federated;
import org.counterweight.federate.run.RoundLog;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.jobs.JobPage;
import org.counterweight.jobs.recipe.program.FederateRecipe;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.report.Text;
import org.counterweight.weights.ledger.Ledger;

/** The page that shows a federation. */
record FederatePage(FederateRecipe recipe, List<Federated> ways, ClientRows rows, Ledger ledger) {
    private static final int MOST_CURVES = 6;

    Page page() {
        String title = recipe.shared().output().title();
        return new JobPage(title == null ? recipe.shared().name() : title, lead(), Configs.yaml(recipe.tree()), ledger)
                .of(
                        figures(),
                        "Round by round",
                        charts(),
                        List.of(table(), clients()),
                        JobPage.facts(
                                ledger,
                                new Page.Fact(
                                        "running statistics",
                                        recipe.federate().batchNorm().name().toLowerCase(Locale.ROOT))),
                        List.of(
                                new Page.Next(
                                        RunTask.of(recipe.shared())
                                                .ask(recipe.shared().directory().resolve(FederateJob.MERGED)),
                                        "asks the target's model"),
                                new Page.Next("./cw explain fedgp", "the method: its paper, formula and settings")));
    }

    private Federated own() {
        return ways.get(0);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    private String lead() {
        String ended = own().ended();
        return String.format(
                Locale.ROOT,
                "%d clients trained together for %s, which has %,d labelled rows, by %s: %s. Its model is right on %s %% of the rows to judge by%s",
                recipe.clients().size(),
                recipe.target().section().name(),
                rows.target().split().train().size(),
                own().way().key(),
                own().way().line(),
                percent(own().accuracy()),
                ended == null ? "." : "; it ended before its last round: " + ended + ".");
    }

    private List<Page.Figure> figures() {
        var figures = new ArrayList<Page.Figure>();
        for (Federated one : ways.subList(0, Math.min(3, ways.size()))) {
            figures.add(new Page.Figure(
                    one.way().key(), percent(one.accuracy()) + " %", one.way().line()));
        }
        figures.add(new Page.Figure(
                "Sent",
                Text.bytes(sent(own())),
                "down and up, in " + own().rounds().size() + " rounds"));
        return figures;
    }

    private static long sent(Federated one) {
        return one.rounds().stream().mapToLong(log -> log.down() + log.up()).sum();
    }

    private List<Chart> charts() {
        var charts = new ArrayList<Chart>();
        List<Chart.Series> accuracies = ways.stream()
                .filter(one -> one.rounds().size() > 1)
                .limit(MOST_CURVES)
                .map(one -> new Chart.Series(
                        one.way().key(),
                        one.rounds().stream()
                                .mapToDouble(RoundLog::round)
                                .map(round -> Math.max(round, 0))
                                .toArray(),
                        one.rounds().stream().mapToDouble(RoundLog::accuracy).toArray()))
                .toList();
        if (!accuracies.isEmpty()) {
            charts.add(Chart.of(
                    "Accuracy of the target's model",
                    "Share of the target's rows to judge by that are right, after each round."
                            + (ways.stream().anyMatch(one -> one.way() == FederatedAlgorithm.FINETUNE)
                                    ? " What finetune adds after the last round is in the table."
                                    : ""),
                    "rounds",
                    accuracies,
                    List.of()));
        }
        var betas = new LinkedHashMap<String, List<double[]>>();
        for (RoundLog log : own().rounds()) {
            log.betas()
                    .forEach((client, beta) -> betas.computeIfAbsent(client, unused -> new ArrayList<>())
                            .add(new double[] {log.round(), beta}));
        }
        List<Chart.Series> curves = betas.entrySet().stream()
                .limit(MOST_CURVES)
                .map(entry -> new Chart.Series(
                        entry.getKey(),
                        entry.getValue().stream().mapToDouble(point -> point[0]).toArray(),
                        entry.getValue().stream().mapToDouble(point -> point[1]).toArray()))
                .toList();
        if (!curves.isEmpty()) {
            charts.add(Chart.of(
                    "How much each source was trusted",
                    "Its weight beta in each round: 0 is the target alone.",
                    "rounds",
                    curves,
                    List.of()));
        }
        return charts;
    }

    private Page.Sheet table() {
        List<List<String>> lines = ways.stream()
                .map(one -> List.of(
                        one.way().key(),
                        one.way().line(),
                        percent(one.accuracy()),
                        one.share() == null ? "–" : String.format(Locale.ROOT, "%.2f", one.share()),
                        Text.bytes(sent(one))))
                .toList();
        return new Page.Sheet(
                "The same clients with different algorithms",
                "Percent of the target's rows to judge by that are right, the mean of the last "
                        + recipe.federate().lastRounds()
                        + " rounds; a learned share of own model or neighbours; and what was"
                        + " sent, down and up.",
                List.of("way", "how", "accuracy", "share", "sent"),
                lines,
                0);
    }

    private Page.Sheet clients() {
        var lines = new ArrayList<List<String>>();
        lines.add(client(
                recipe.target().section().name(),
                "target",
                rows.target().split().train().size()));
        rows.held().forEach((name, held) -> lines.add(client(name, "source", held.rows())));
        return new Page.Sheet(
                "The clients",
                "Rows to train on; the number of rounds of the recipe's own algorithm in which each took part, and why it did not in others.",
                List.of("client", "part", "rows", "rounds", "missing"),
                lines,
                -1);
    }

    private List<String> client(String name, String part, int size) {
        long present = own().rounds().stream()
                .filter(log -> log.present().contains(name))
                .count();
        Map<String, Integer> reasons = new LinkedHashMap<>();
        own().rounds().forEach(log -> {
            String reason = log.missing().get(name);
            if (reason != null) {
                reasons.merge(reason, 1, Integer::sum);
            }
        });
        String missing = reasons.isEmpty()
                ? "–"
                : String.join(
                        "; ",
                        reasons.entrySet().stream()
                                .map(entry -> entry.getValue() + " times: " + entry.getKey())
                                .toList());
        return List.of(name, part, String.format(Locale.ROOT, "%,d", size), String.valueOf(present), missing);
    }
}
