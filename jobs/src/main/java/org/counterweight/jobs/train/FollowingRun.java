package org.counterweight.jobs.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.process.Companion;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.train.Follower;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.part.Run;

/** A run's part in another process: it makes the same model, computes what the first process calls for, and writes nothing. */
public final class FollowingRun {
    private FollowingRun() {}

    /** @param words of a {@link Companion} */
    public static void main(String[] words) throws IOException {
        Companion companion = Companion.of(words);
        companion.attend();
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int status = 0;
        try {
            follow(companion, Recipe.read(companion.recipe(), List.of()), new ProgressLine(err, false));
        } catch (RuntimeException e) {
            status = 1;
            e.printStackTrace(err);
            err.println(e.getMessage()); // the last line is what the first process tells of this one
        }
        System.exit(status); // whatever threads a library may have left
    }

    private static void follow(Companion companion, Recipe recipe, ProgressLine progress) {
        if (recipe.work().deterministic()) {
            Engine.beDeterministic();
        }
        Engine.setThreads(companion.threads());
        Seed seed = new Seed(recipe.train().seed());
        var fetcher = Fetcher.ofUser(progress::say);
        try (var scope = Scope.open()) {
            String name = recipe.model().name();
            Path modelDirectory = name == null ? null : Sources.model(name, fetcher);
            RunTask kind = RunTask.of(recipe);
            Prepared rows = kind.rows(modelDirectory, fetcher, progress, seed);
            try (BaseModel base = RunSetup.base(recipe, modelDirectory, kind, rows, seed)) {
                var setup = new RunSetup(recipe, kind, rows, base, seed, progress);
                follow(
                        companion,
                        setup.plain(setup.reparametrized(setup.adapted())).joinedBy(recipe.parts()));
            }
        }
    }

    private static void follow(Companion companion, Run run) {
        try (var group = companion.join();
                var follower = new Follower(run.task(), run.config(), group)) {
            follower.run();
        } finally {
            run.task().events().forEach(TrainingEvents::close);
        }
    }
}
