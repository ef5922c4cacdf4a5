package org.counterweight.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.studies.page.Gallery;
import org.counterweight.studies.page.StudyListener;
import org.counterweight.studies.page.StudyResult;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Run;
import org.counterweight.studies.plan.arm.Runs;
import org.counterweight.studies.plan.arm.Size;

/**
 * Runs a study and judges it: every arm for every seed, one after the other, so that the same call gives the same figures.
 *
 * @param seeds how many, or 0 for as many as the plan states
 */
public record Reproduction(Study study, Size size, int seeds) {
    public Reproduction {
        if (seeds < 0) {
            throw new IllegalArgumentException("seeds: " + seeds + "; expected 0 or more");
        }
    }

    /** The study as planned. */
    public static Reproduction of(Study study) {
        return new Reproduction(study, Size.FULL, 0);
    }

    /**
     * Runs it and writes {@code results.json}, {@code table.md} and the figures into a directory of its slug below
     * {@code output}; then brings the gallery, {@code index.html}, up to date. What stood there before is replaced only when
     * all of it is there.
     */
    public StudyResult run(Path output, StudyListener progress) throws IOException {
        Plan plan = study.plan();
        Gallery.check(output, plan.slug());
        int count = seeds > 0 ? seeds : size.of(plan.seeds(), Math.min(2, plan.seeds()));
        boolean complete = size == Size.FULL && count >= plan.seeds();
        progress.started(plan, count * plan.arms().size());
        long start = System.nanoTime();
        Runs runs = measure(plan, count, progress);
        StudyResult report = StudyResult.of(plan, runs, count, complete, (System.nanoTime() - start) * 1e-9);
        Gallery.write(output, report, plan.figures(), runs);
        progress.finished(report);
        return report;
    }

    private Runs measure(Plan plan, int count, StudyListener progress) {
        var runs = new ArrayList<Run>();
        for (long seed = 0; seed < count; seed++) {
            try (var shared = Scope.open()) {
                Study.Trial trial = study.prepare(new Seed(seed).child(plan.slug()), size);
                for (Arm arm : plan.arms()) {
                    try (var own = Scope.open()) {
                        long start = System.nanoTime();
                        Measurement measured = trial.run(arm);
                        var run = new Run(arm, seed, measured, (System.nanoTime() - start) / 1e9);
                        runs.add(run);
                        progress.ran(run);
                    }
                }
            }
        }
        return new Runs(runs, plan.tuning());
    }
}
