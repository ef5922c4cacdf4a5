package org.counterweight.jobs.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.train.measure.Evaluation;
import org.jspecify.annotations.Nullable;

/**
 * Runs of one task by how well they did: figures of different tasks say nothing about one another.
 *
 * @param task its key
 * @param runs the best first; those without the figure last
 * @param by the figure by which they stand in order
 */
public record Comparison(String task, List<FinishedRun> runs, String by) {
    /** What a run writes and where is no difference between runs. */
    private static final String OUTPUT = "output.";

    private static final String ABSENT = "";
    private static final String TASK = "task";

    /**
     * Gathers the runs below a directory, by their tasks.
     *
     * @param by a figure of some of them; null, and of tasks without it, for the one by which the task's first chose its weights
     * @param remarks takes which runs are left out
     * @return one of each task, in the order of their first runs
     * @throws ConfigException if no run has that figure
     * @throws org.counterweight.data.DataException if there are no runs
     */
    public static List<Comparison> below(Path directory, @Nullable String by, Consumer<String> remarks) {
        List<FinishedRun> runs = FinishedRun.below(directory, remarks);
        Set<String> figures = figures(runs);
        if (by != null && !figures.contains(by)) {
            throw new ConfigException(
                    "--by: no run has a figure \"" + by + "\"" + Nearest.hint(by, figures, "They have"));
        }
        var tasks = new LinkedHashMap<String, List<FinishedRun>>();
        runs.forEach(run -> tasks.computeIfAbsent(setting(run, TASK), task -> new ArrayList<>())
                .add(run));
        return tasks.entrySet().stream()
                .map(task -> of(task.getKey(), task.getValue(), by))
                .toList();
    }

    private static Comparison of(String task, List<FinishedRun> runs, @Nullable String by) {
        Set<String> figures = figures(runs);
        String chosen = runs.get(0).settings().getOrDefault("train.best_by", "loss");
        String name = by != null && figures.contains(by)
                ? by
                : figures.contains(chosen) ? chosen : figures.iterator().next();
        double sign = Evaluation.largerIsBetter(name) ? -1 : 1;
        return new Comparison(
                task,
                runs.stream()
                        .sorted(Comparator.comparingDouble(
                                run -> sign * run.figures().getOrDefault(name, sign * Double.POSITIVE_INFINITY)))
                        .toList(),
                name);
    }

    /** Where the runs lie. */
    public List<Path> directories() {
        return runs.stream().map(FinishedRun::directory).toList();
    }

    private static Set<String> figures(List<FinishedRun> runs) {
        var figures = new LinkedHashSet<String>();
        runs.forEach(run -> figures.addAll(run.figures().keySet()));
        return figures;
    }

    /** The figures that any has, the one by which they stand first. */
    List<String> figures() {
        var figures = new LinkedHashSet<>(List.of(by));
        figures.addAll(figures(runs));
        return List.copyOf(figures);
    }

    /** The settings in which they differ, in the order of the recipes. */
    List<String> differing() {
        var paths = new LinkedHashSet<String>();
        runs.forEach(run -> paths.addAll(run.settings().keySet()));
        return paths.stream()
                .filter(path -> !path.startsWith(OUTPUT))
                .filter(path -> {
                    var values = new HashSet<String>();
                    runs.forEach(run -> values.add(setting(run, path)));
                    return values.size() > 1;
                })
                .toList();
    }

    /** Empty where the run's recipe has no such setting. */
    static String setting(FinishedRun run, String path) {
        return run.settings().getOrDefault(path, ABSENT);
    }
}
