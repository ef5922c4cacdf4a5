package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.predict.answer.Scored;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.model.Params;
import tools.jackson.databind.node.ObjectNode;

/**
 * A trained model that predicts the classes of images: {@code image}, or {@code row} of an idx file, counted from 1, {@code
 * label}, and the label's probability.
 */
public record ImageClassifier(AskedModel asked) implements Scoring {
    @Override
    public void score(AdaptedModel adapted, Questions questions, Consumer<Scored> sink) {
        ImageForm form = ImageForm.of(asked.directory());
        Params params = asked.params(adapted);
        Path idx = questions.ofPictures().idx();
        if (idx != null) {
            ImageSet images = ImageSet.unlabelledIdx(idx, form);
            asked.inference().progress().begin(images.size());
            sink.accept(scored(adapted, params, images, rows(images.size())));
            return;
        }
        questions.ofPictures().each(asked, pictures -> {
            try (var scope = Scope.open()) {
                sink.accept(scored(adapted, params, ImageSet.unlabelled(pictures.all(), form), pictures.begun()));
            }
        });
    }

    private Scored scored(AdaptedModel adapted, Params params, ImageSet images, List<ObjectNode> begun) {
        Tensor logits = TextClassifier.logits(
                asked.directory(),
                adapted.model(),
                params,
                images,
                ModelDescription.labels(adapted.config()).size(),
                asked.inference());
        return new Scored(logits, null, begun);
    }

    private static List<ObjectNode> rows(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(row -> Configs.JSON.createObjectNode().put("row", row))
                .toList();
    }
}
