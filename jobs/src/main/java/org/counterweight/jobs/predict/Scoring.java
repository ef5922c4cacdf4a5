package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/** A predictor whose model gives a few numbers a row, which can be had as they are. */
public sealed interface Scoring extends Predictor
        permits TextClassifier, ImageClassifier, TableModel, NodeClassifier, ZeroShot {
    Asked asked();

    /** What the model gives for the rows that are asked about; tensors belong to the open scope. */
    Scored scored(AdaptedModel adapted, Questions questions);

    /**
     * Asks the model.
     *
     * @param use makes something of its config and of what it gives, whose tensors are freed afterwards
     */
    default <T> T ask(Questions questions, BiFunction<ObjectNode, Scored, T> use) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked().directory())) {
            AdaptedModel adapted = AdaptedModel.of(files, asked().adapter());
            return use.apply(adapted.config(), scored(adapted, questions));
        }
    }

    @Override
    default List<ObjectNode> answers(Questions questions) {
        return ask(questions, (config, scored) -> scored.answers(config, asked().top()));
    }

    /** For {@code .safetensors} the logits alone. */
    @Override
    default void write(Questions questions, Path output) {
        if (!output.toString().endsWith(".safetensors")) {
            Predictor.super.write(questions, output);
            return;
        }
        ask(questions, (config, scored) -> {
            WeightsWriter.write(output, Map.of("logits", scored.outputs()), Map.of());
            return output;
        });
    }
}
