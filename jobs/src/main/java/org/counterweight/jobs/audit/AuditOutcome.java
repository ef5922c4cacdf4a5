package org.counterweight.jobs.audit;

import java.util.List;
import org.counterweight.audit.Suspects;
import org.counterweight.audit.files.Finding;
import org.counterweight.audit.files.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What an audit found.
 *
 * @param findings the worst first
 * @param rows of words of the last round, the most flipping first
 * @param scanned what was scanned, in words; null if no words were
 */
public record AuditOutcome(
        List<Finding> findings, List<Row> rows, @Nullable String scanned) {

    /** A word and what it does to the class that it flips most answers to. */
    public record Row(String word, int id, String target, Suspects.Suspect figures, boolean isSuspect) {}

    public AuditOutcome {
        findings = findings.stream()
                .sorted((a, b) -> b.verdict().compareTo(a.verdict()))
                .toList();
        rows = List.copyOf(rows);
    }

    /** The words that are suspects. */
    public List<Row> suspects() {
        return rows.stream().filter(Row::isSuspect).toList();
    }

    /** The worst of the findings; clean means that nothing was detected, not that there is nothing. */
    public Verdict verdict() {
        return findings.stream().map(Finding::verdict).reduce(Verdict.CLEAN, Verdict::and);
    }
}
