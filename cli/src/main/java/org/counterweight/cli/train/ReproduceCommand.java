package org.counterweight.cli.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.report.Text;
import org.counterweight.studies.Reproduction;
import org.counterweight.studies.Studies;
import org.counterweight.studies.page.Gallery;
import org.counterweight.studies.page.StudyListener;
import org.counterweight.studies.page.StudyResult;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Run;
import org.counterweight.studies.plan.arm.Size;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs studies, prints each claim with its figures and verdict, and writes the gallery. */
@Command(
        name = "reproduce",
        description =
                "Puts papers' claims to the test on a small scale: runs the studies of METHOD (all if none is named),"
                        + " prints each claim with its figures and verdict, and writes tables, plots and an overview"
                        + " page.",
        footerHeading = "%nExample:%n",
        footer = {"  cw reproduce --list", "%nThe first real one: cw reproduce bone-digits (about a minute)."})
public final class ReproduceCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "METHOD", description = "a method, or a study by its name")
    private List<String> names = List.of();

    @Option(names = "--list", description = "list the studies with their claims, and run none")
    private boolean list;

    @Option(names = "--quick", description = "run a few seconds of each, to see that it works; decides nothing")
    private boolean quick;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "number of seeds; fewer than planned decide nothing (default: as planned)")
    private int seeds;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "directory for results and index.html (default: ${DEFAULT-VALUE})")
    private Path output = Path.of("runs", "reproductions");

    @Override
    public Integer call() throws IOException {
        if (seeds < 0) {
            throw new ParameterException(
                    spec.commandLine(), "--seeds: " + seeds + " is not allowed; expected 1 or more");
        }
        Set<Study> studies = new LinkedHashSet<>();
        names.forEach(name -> studies.addAll(Studies.named(name)));
        if (names.isEmpty()) {
            studies.addAll(Studies.all());
        }
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            studies.forEach(study -> describe(out, study.plan()));
            return 0;
        }
        Destination.check(output, "--output");
        for (Study study : studies) {
            Gallery.check(output, study.plan().slug());
        }
        var line = new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal"));
        for (Study study : studies) {
            try {
                print(out, new Reproduction(study, quick ? Size.QUICK : Size.FULL, seeds).run(output, new Told(line)));
            } finally {
                line.end(); // a study that fails leaves no line open
            }
        }
        out.println("Written: " + output.resolve("index.html"));
        return 0;
    }

    private static void describe(PrintWriter out, Plan plan) {
        out.println(
                plan.slug() + "  (" + plan.method() + ", " + plan.arms().size() + " arms, " + plan.seeds() + " seeds)");
        out.println(Text.hanging("  ", plan.title() + "."));
        plan.claims().forEach(claim -> out.println(Text.hanging("  - ", claim.text())));
        out.println();
    }

    private static void print(PrintWriter out, StudyResult report) {
        out.println();
        out.println(report.title());
        if (!report.complete()) {
            out.println(Text.hanging("", report.warning()));
        }
        for (StudyResult.Outcome outcome : report.claims()) {
            String verdict =
                    String.format(Locale.ROOT, "%-12s", outcome.verdict().words());
            out.println(Text.hanging("  " + verdict + " ", outcome.claim()));
            out.println(Text.hanging("               ", outcome.figures()));
        }
        for (StudyResult.Sheet sheet : report.tables()) {
            out.println();
            out.println(sheet.title());
            out.print(sheet.text());
        }
        out.println();
        out.println(report.verdicts() + "; " + report.seeds() + " seeds, " + Text.duration(report.seconds()));
    }

    /** How far a study is, on standard error. */
    private record Told(ProgressLine line) implements StudyListener {
        @Override
        public void started(Plan plan, int runs) {
            line.begin(plan.slug() + ":", "runs", runs);
        }

        @Override
        public void ran(Run run) {
            line.advance(1);
        }

        @Override
        public void finished(StudyResult report) {
            line.end();
        }
    }
}
