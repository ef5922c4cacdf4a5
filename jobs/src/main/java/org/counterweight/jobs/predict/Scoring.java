package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsWriter;

/** A predictor whose model gives a few numbers a row, which can be had as they are. */
sealed interface Scoring extends Predictor permits TextClassifier, ImageClassifier, TableModel, ZeroShot {
    Asked asked();

    /** What the model's head gives for each row, {@code float32 [rows, …]}; it belongs to the open scope. */
    Tensor logits(AdaptedModel adapted, Questions questions);

    /** For {@code .safetensors} the logits alone. */
    @Override
    default void write(Questions questions, Path output) {
        if (!output.toString().endsWith(".safetensors")) {
            Predictor.super.write(questions, output);
            return;
        }
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked().directory())) {
            Tensor logits = logits(AdaptedModel.of(files, asked().adapter()), questions);
            WeightsWriter.write(output, Map.of("logits", logits), Map.of());
        }
    }
}
