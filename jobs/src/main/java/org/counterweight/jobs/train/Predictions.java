package org.counterweight.jobs.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.predict.Answers;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.weights.Staged;
import tools.jackson.databind.node.ObjectNode;

/** What a trained model tells of the rows to judge by, a line each, with the ids that their file gives them. */
record Predictions(BaseModel base, Params params, Prepared rows) {
    /** Writes them, whole or not at all. */
    void write(Path file) throws IOException {
        List<ObjectNode> begun = rows.ids().stream()
                .map(id -> Configs.JSON.createObjectNode().put("id", id))
                .toList();
        try (var scope = Scope.open();
                Staged staged = Staged.file(file)) {
            List<ObjectNode> lines = Answers.of(base.config(), outputs(), rows.score(), begun, 0, Thresholds.NONE);
            Files.write(staged.path(), lines.stream().map(ObjectNode::toString).toList());
            staged.commit();
        }
    }

    /** {@code float32 [rows, outputs]}. */
    private Tensor outputs() {
        Dataset test = rows.told();
        try (var off = Tensors.noGrad()) {
            Tensor outputs = Tensors.zeros(test.size(), rows.labels().size());
            for (int[] numbers : Batching.reading(test, 64).byLength(test)) {
                try (var inner = Scope.open()) {
                    Batch batch = test.batch(numbers);
                    Tensor logits = base.model()
                            .forward(params, batch.to(params.device()), Pass.evaluation())
                            .logits();
                    outputs.index_copy_(0, batch.get(Batch.ROW), logits.cpu().to(ScalarType.Float));
                }
            }
            return outputs;
        }
    }
}
