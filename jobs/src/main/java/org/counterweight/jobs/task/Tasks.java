package org.counterweight.jobs.task;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.TaskKind;

/** The tasks by the words of recipes. */
final class Tasks {
    private static final Map<TaskKind, Function<Recipe, RunTask>> ALL = new EnumMap<>(Map.ofEntries(
            Map.entry(TaskKind.TEXT_CLASSIFICATION, TextClassificationTask::new),
            Map.entry(TaskKind.TOKEN_CLASSIFICATION, TokenClassificationTask::new),
            Map.entry(TaskKind.CAUSAL_LM, LanguageTask::new),
            Map.entry(TaskKind.MASKED_LM, LanguageTask::new),
            Map.entry(TaskKind.TEXT_TO_TEXT, TextToTextTask::new),
            Map.entry(TaskKind.IMAGE_CLASSIFICATION, ImageClassificationTask::new),
            Map.entry(TaskKind.DIFFUSION, DiffusionTask::new),
            Map.entry(TaskKind.TABLE_CLASSIFICATION, TableClassificationTask::new),
            Map.entry(TaskKind.REGRESSION, RegressionTask::new),
            Map.entry(TaskKind.MULTI_LABEL_CLASSIFICATION, MultiLabelTask::new),
            Map.entry(TaskKind.NODE_CLASSIFICATION, NodeClassificationTask::new)));

    private Tasks() {}

    static RunTask of(Recipe recipe) {
        return Objects.requireNonNull(ALL.get(recipe.task()), recipe.task()::key)
                .apply(recipe);
    }
}
