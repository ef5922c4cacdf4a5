package org.counterweight.jobs.distill;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.ResumableDirectory;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.recipe.program.DistillRecipe;
import org.counterweight.jobs.task.RunTask;

/** Images are distilled as a recipe says: what {@code cw distill} does, from the first check to the report. */
public record DistillJob(DistillRecipe recipe, Fetcher fetcher, ProgressLine progress) {
    /** The figures of a distillation. */
    public static final String FIGURES = "distilled.json";
    /** The page beside them. */
    public static final String REPORT = "report.html";
    /** The directory of the set. */
    public static final String SET = "set";

    private static final Pattern OWN = Pattern.compile(
            "effective\\.yaml|distilled\\.json|report\\.html|set|experts(-plain)?|state-[a-z]+\\.safetensors");

    /**
     * The result.
     *
     * @param signal the number of the signal that asked it to end; 0 if none did
     * @param judged the set's own first; none if it was asked to end
     */
    public record Outcome(Path directory, int signal, List<JudgedSet> judged) {}

    /** Refuses what can be refused without fetching or computing anything. */
    public void check() {
        RunTask.of(recipe.recipe()).checkData();
    }

    private ResumableDirectory directory() {
        return new ResumableDirectory(recipe.recipe().directory(), OWN, "distillation");
    }

    /** Refuses to write over another, or to go on with nothing. */
    public void checkDirectory(boolean resume, boolean overwrite) {
        directory().check(recipe.tree(), resume, overwrite);
    }

    /** Distils, or continues it. */
    public Outcome run(boolean resume) {
        recipe.recipe().work().prepareEngine();
        var seed = new Seed(recipe.recipe().train().seed());
        try (var scope = Scope.open()) {
            Prepared rows = RunTask.of(recipe.recipe()).rows(null, fetcher, progress, seed);
            return new DistillRun(recipe, rows, seed, directory(), progress).run(resume);
        }
    }
}
