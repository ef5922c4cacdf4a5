package org.counterweight.jobs.task.side;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.TextTargets;
import org.counterweight.jobs.data.targets.ScoreTarget;
import org.counterweight.jobs.data.targets.Target;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.TextData;
import org.counterweight.model.config.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Rows that are texts. */
public record TextSide(Recipe recipe) implements Side {
    private TextData data() {
        return (TextData) recipe.data();
    }

    @Override
    public ScoreTarget scores(@Nullable Path model, Consumer<String> remarks) {
        return data().train() == null
                ? ScoreTarget.AS_IT_IS
                : ScoreTarget.of(Path.of(data().train()), data().format(), data().label(), remarks);
    }

    @Override
    public void check(Target target) {
        new TextTargets(data(), target).check(recipe.groups());
    }

    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> outputs, Problem problem) {
        ModelDescription described = ModelDescription.ofTexts(origin, base, recipe.model(), outputs, problem);
        described.checkLength("data.max_length", data().maxLength());
        ClassifierLength.record(described.config(), data().maxLength(), data().pair() != null);
        return described;
    }

    @Override
    public Prepared rows(@Nullable Path model, Target target, Fetcher fetcher, ProgressLine progress, Seed seed) {
        try (TextTokenizer tokenizer = TextTokenizer.open(Objects.requireNonNull(model), data().maxLength())) {
            return new TextTargets(data(), target).read(recipe.groups(), tokenizer, progress::say, seed);
        }
    }

    @Override
    public int evaluationRows() {
        return 64;
    }

    @Override
    public String question() {
        return "--text \"a small furry animal\"";
    }
}
