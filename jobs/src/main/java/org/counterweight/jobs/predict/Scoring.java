package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.predict.answer.Scored;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/** A predictor whose model gives a few numbers a row, which can be had as they are. */
public sealed interface Scoring extends Predictor
        permits TextClassifier, ImageClassifier, TableModel, NodeClassifier, ZeroShot {
    AskedModel asked();

    /**
     * Asks the open model.
     *
     * @param sink takes what it gives, some rows at a time; tensors belong to a scope that is closed after that
     */
    void score(AdaptedModel adapted, Questions questions, Consumer<Scored> sink);

    /**
     * Asks the model about all rows together.
     *
     * @param questions by the model's config
     * @param use makes something of its config and of what it gives, whose tensors are freed afterwards
     */
    default <T> T ask(Function<ObjectNode, Questions> questions, BiFunction<ObjectNode, Scored, T> use) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked().directory())) {
            AdaptedModel adapted = asked().open(files);
            var parts = new ArrayList<Scored>();
            try {
                score(
                        adapted,
                        questions.apply(adapted.config()),
                        part -> parts.add(part.with(Scope.own(part.outputs()))));
                return use.apply(adapted.config(), Scored.joined(parts));
            } finally {
                parts.forEach(part -> part.outputs().close());
            }
        }
    }

    @Override
    default void answer(Questions questions, Consumer<List<ObjectNode>> sink) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked().directory())) {
            AdaptedModel adapted = asked().open(files);
            Thresholds thresholds = asked().thresholds(adapted.config());
            thresholds.tell(asked().remarks());
            score(
                    adapted,
                    questions,
                    scored -> sink.accept(scored.answers(adapted.config(), asked().top(), thresholds)));
        }
    }

    /** The logits. */
    @Override
    default void writeTensors(Questions questions, Path output) {
        ask(config -> questions, (config, scored) -> {
            WeightsWriter.write(output, Map.of("logits", scored.outputs()), Map.of());
            return output;
        });
    }
}
