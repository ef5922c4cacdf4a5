package org.counterweight.jobs.predict;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.GraphFacts;
import org.counterweight.data.graph.GraphForm;
import org.counterweight.data.graph.NodeRows;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.predict.answer.Scored;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import tools.jackson.databind.node.ObjectNode;

/** A trained model that predicts the classes of a graph's nodes: {@code id}, {@code label}, and the label's probability. */
public record NodeClassifier(AskedModel asked) implements Scoring {
    /** All nodes together: each is told by its neighbours. */
    @Override
    public void score(AdaptedModel adapted, Questions questions, Consumer<Scored> sink) {
        NodeRows rows = nodes(adapted, questions);
        asked.inference().progress().begin(rows.size());
        List<ObjectNode> begun = rows.ids().stream()
                .map(id -> Configs.JSON.createObjectNode().put("id", id))
                .toList();
        try (var scope = Scope.open()) {
            Tensor logits = TextClassifier.logits(
                    asked.directory(),
                    adapted.model(),
                    asked.params(adapted),
                    rows,
                    ModelDescription.labels(adapted.config()).size(),
                    asked.inference());
            sink.accept(new Scored(logits, null, begun));
        }
    }

    private NodeRows nodes(AdaptedModel adapted, Questions questions) {
        GraphForm form = GraphForm.beside(asked.directory());
        if (form == null) {
            throw new ConfigException(asked.directory() + ": has no " + GraphForm.FILE
                    + ", which says how graphs become what the model sees; copy it from where the model was trained");
        }
        Graph graph = form.read(questions.graph(), ModelDescription.labels(adapted.config()));
        asked.remarks().accept(questions.graph() + ": " + GraphFacts.of(graph).line());
        return NodeRows.of(
                graph,
                Tensors.longs(IntStream.range(0, graph.size()).asLongStream().toArray()));
    }
}
