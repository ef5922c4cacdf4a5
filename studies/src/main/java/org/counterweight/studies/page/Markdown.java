package org.counterweight.studies.page;

import java.util.Locale;

/** A report as text: claims with their verdicts, and tables. Reads well on a terminal too. */
public final class Markdown {
    private Markdown() {}

    public static String of(StudyResult report) {
        var text = new StringBuilder();
        text.append("# ").append(report.title()).append("\n\n");
        if (!report.complete()) {
            text.append("**").append(report.warning()).append("**\n\n");
        }
        text.append(report.paper()).append(".\n\n");
        text.append("The paper says: ").append(report.says()).append("\n\n");
        text.append("Data: ").append(report.data()).append("\n\n");
        text.append("Setup: ").append(report.setup()).append("\n\n");
        text.append("## Claims\n\n");
        for (StudyResult.Outcome outcome : report.claims()) {
            text.append("- **").append(outcome.verdict().words()).append("**: ").append(outcome.claim());
            text.append("  \n  ")
                    .append(outcome.figures())
                    .append("  \n  Rule: ")
                    .append(outcome.rule())
                    .append(".\n");
        }
        for (StudyResult.Sheet sheet : report.tables()) {
            text.append("\n## ").append(sheet.title()).append("\n\n").append(sheet.text());
        }
        text.append("\nMean ± standard deviation over ").append(report.seeds()).append(" seeds.");
        if (report.tunedBy() != null) {
            text.append(" Tuned: the setting with the best mean ")
                    .append(report.tunedBy())
                    .append(" of each method.");
        }
        text.append("\n");
        if (!report.limits().isEmpty()) {
            text.append("\n## Limits\n\n");
            report.limits().forEach(limit -> text.append("- ").append(limit).append("\n"));
        }
        text.append(String.format(
                Locale.ROOT,
                "%n%.0f s of runs on %s %s, Java %s, %d threads.%n",
                report.seconds(),
                report.machine().os(),
                report.machine().arch(),
                report.machine().java(),
                report.machine().threads()));
        return text.toString();
    }
}
