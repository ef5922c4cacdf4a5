package org.counterweight.jobs.grow;

import static org.counterweight.jobs.grow.GrowPage.percent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.counterweight.config.Configs;
import org.counterweight.incremental.AccuracyMatrix;
import org.counterweight.incremental.sequence.SequenceResult;
import org.counterweight.incremental.sequence.TaskResult;
import org.counterweight.jobs.JobPage;
import org.counterweight.jobs.recipe.program.GrowRecipe;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;

/** The page that shows a sequence of tasks. */
record SequencePage(GrowRecipe recipe, SequenceResult result, Ledger ledger) {
    Page page() {
        String title = recipe.recipe().output().title();
        return new JobPage(title == null ? recipe.recipe().name() : title, lead(), Configs.yaml(recipe.tree()), ledger)
                .of(
                        figures(),
                        "Task by task",
                        List.of(curve()),
                        List.of(steps(), matrix("Each task after each task", TaskResult::after)),
                        JobPage.facts(ledger),
                        List.of(
                                new Page.Next(
                                        RunTask.of(recipe.recipe())
                                                .ask(recipe.recipe().directory().resolve(SequenceJob.MERGED)),
                                        "queries the model, once all tasks are learnt"),
                                new Page.Next(
                                        "./cw explain weight_aligning",
                                        "the method: its paper, formula and settings")));
    }

    private String method() {
        return recipe.grow().learn().method().name().toLowerCase(Locale.ROOT);
    }

    private String lead() {
        return String.format(
                Locale.ROOT,
                "%s learnt %d classes in %d tasks by %s. After the last, %s %% of the rows to judge by are right; the mean over"
                        + " all tasks is %s %%.",
                recipe.model().startsWith("a new") ? "A" + recipe.model().substring(1) : recipe.model(),
                result.labels().size(),
                result.tasks().size(),
                method(),
                percent(result.after().last()),
                percent(result.after().average()));
    }

    private List<Page.Figure> figures() {
        AccuracyMatrix after = result.after();
        AccuracyMatrix before = result.before();
        var figures = new ArrayList<Page.Figure>();
        figures.add(new Page.Figure(
                "Average incremental accuracy",
                percent(after.average()) + " %",
                "with heads as trained " + percent(before.average())));
        figures.add(new Page.Figure(
                "After the last task", percent(after.last()) + " %", "as trained " + percent(before.last())));
        if (result.tasks().size() > 1) {
            figures.add(new Page.Figure(
                    "Without the first", percent(after.averageWithoutFirst()) + " %", "average incremental accuracy"));
            figures.add(
                    new Page.Figure("Forgetting", percent(after.forgetting()), "points lost since each task's best"));
        }
        return figures;
    }

    private Chart curve() {
        double[] tasks =
                IntStream.rangeClosed(1, result.tasks().size()).asDoubleStream().toArray();
        return Chart.of(
                "Accuracy on all classes seen",
                "After each task, with the head as it was trained and as it was handed on.",
                "tasks",
                List.of(
                        new Chart.Series("as handed on", tasks, result.after().afterEachTask()),
                        new Chart.Series("as trained", tasks, result.before().afterEachTask())),
                List.of());
    }

    private Page.Sheet steps() {
        List<List<String>> rows = result.tasks().stream().map(this::step).toList();
        return new Page.Sheet(
                "What each task did",
                "Rows learnt from with those kept of old classes; by what new rows of the head were multiplied; accuracy in percent"
                        + " on old and on new classes, with the head as trained, and as handed on; the share of rows whose"
                        + " class is among the first five; and by nearest mean of the rows kept.",
                List.of(
                        "task",
                        "classes",
                        "rows",
                        "kept",
                        "gamma",
                        "old, trained",
                        "new, trained",
                        "old",
                        "new",
                        "top 5",
                        "nearest mean"),
                rows,
                -1);
    }

    private List<String> step(TaskResult task) {
        return List.of(
                String.valueOf(task.task() + 1),
                String.valueOf(task.known() + task.added().size()),
                String.valueOf(task.rows()),
                String.valueOf(task.stored()),
                gamma(task),
                old(task.before(), task),
                percent(task.before().get(task.task())),
                old(task.after(), task),
                percent(task.after().get(task.task())),
                percent(task.topFive()),
                all(task.nearestMean(), task));
    }

    private static String gamma(TaskResult task) {
        if (task.gamma() == null) {
            return "–";
        }
        String gamma = String.format(Locale.ROOT, "%.3f", task.gamma());
        return task.gamma().equals(task.unclamped())
                ? gamma
                : gamma + String.format(Locale.ROOT, " (%.3f)", task.unclamped());
    }

    /** On the classes of earlier tasks. */
    private static String old(List<Double> shares, TaskResult task) {
        return task.task() == 0 ? "–" : percent(mean(shares.subList(0, task.task()), task));
    }

    private static String all(@Nullable List<Double> shares, TaskResult task) {
        return shares == null ? "–" : percent(mean(shares, task));
    }

    private static double mean(List<Double> shares, TaskResult task) {
        double right = 0;
        double rows = 0;
        for (int j = 0; j < shares.size(); j++) {
            right += shares.get(j) * task.testRows().get(j);
            rows += task.testRows().get(j);
        }
        return right / rows;
    }

    private Page.Sheet matrix(String title, Function<TaskResult, List<Double>> shares) {
        var columns = new ArrayList<String>(List.of("after task"));
        result.tasks().forEach(task -> columns.add("task " + (task.task() + 1)));
        List<List<String>> rows = result.tasks().stream()
                .map(task -> {
                    var row = new ArrayList<String>(List.of(String.valueOf(task.task() + 1)));
                    IntStream.range(0, result.tasks().size())
                            .forEach(j -> row.add(
                                    j > task.task()
                                            ? ""
                                            : percent(shares.apply(task).get(j))));
                    return (List<String>) row;
                })
                .toList();
        return new Page.Sheet(
                title, "Percent of each task's rows to judge by that are right, after each task.", columns, rows, -1);
    }
}
