import java.io.PrintWriter;
import java.nio.file.Path;
import org.counterweight.audit.AuditConfig;
import org.counterweight.config.Configs;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.audit.AuditJob;
import org.counterweight.jobs.audit.AuditOutcome;

final class Audit {
    /** Whether the files are data alone, and whether a rare word makes the classifier answer one class. */
    static void audit(Path directory, Path table, Path out) {
        var texts = new AuditJob.Texts(table, TableFormat.FIND_OUT, "text"); // words are tried and counted in them
        var progress = new ProgressLine(new PrintWriter(System.err), false);
        var job = new AuditJob(directory, null, null, texts, texts, Configs.defaults(AuditConfig.class), progress);
        AuditOutcome outcome = job.run();
        outcome.findings().forEach(finding -> System.out.println(finding.where() + ": " + finding.text()));
        outcome.rows().stream()
                .limit(3)
                .forEach(row -> System.out.println(row.word() + ": " + row.figures().rate() + " to " + row.target()));
        System.out.println(outcome.verdict() + ", " + outcome.scanned());
        job.write(outcome, out); // report.html, audit.json, audit.sarif
    }
}
