package org.counterweight.jobs.task;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.TaskKind;

/** The tasks by the words of recipes. */
final class Tasks {
    private static final Map<TaskKind, Function<Recipe, RunTask>> ALL = new EnumMap<>(Map.of(
            TaskKind.TEXT_CLASSIFICATION, TextClassificationTask::new,
            TaskKind.DIFFUSION, DiffusionTask::new,
            TaskKind.CAUSAL_LM, LanguageTask::new,
            TaskKind.MASKED_LM, LanguageTask::new,
            TaskKind.TEXT_TO_TEXT, TextToTextTask::new,
            TaskKind.IMAGE_CLASSIFICATION, ImageClassificationTask::new,
            TaskKind.TABLE_CLASSIFICATION, TableClassificationTask::new,
            TaskKind.REGRESSION, RegressionTask::new,
            TaskKind.MULTI_LABEL_CLASSIFICATION, MultiLabelTask::new,
            TaskKind.NODE_CLASSIFICATION, NodeClassificationTask::new));

    private Tasks() {}

    static RunTask of(Recipe recipe) {
        return Objects.requireNonNull(ALL.get(recipe.task()), recipe.task()::key)
                .apply(recipe);
    }
}
