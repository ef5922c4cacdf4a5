package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.Described;
import tools.jackson.databind.node.ObjectNode;

/**
 * A trained model that tells the classes of images: {@code image}, or {@code row} of an idx file, counted from 1, {@code
 * label}, and the label's probability.
 */
public record ImageClassifier(Asked asked) implements Scoring {
    @Override
    public Scored scored(AdaptedModel adapted, Questions questions) {
        ImageForm form = ImageForm.of(asked.directory());
        Path idx = questions.idx();
        if (idx != null) {
            ImageSet images = ImageSet.unlabelledIdx(idx, form);
            List<ObjectNode> begun = IntStream.rangeClosed(1, images.size())
                    .mapToObj(row -> Configs.JSON.createObjectNode().put("row", row))
                    .toList();
            return new Scored(logits(adapted, images), null, begun);
        }
        List<Path> pictures = questions.pictures();
        List<ObjectNode> begun = pictures.stream()
                .map(picture -> Configs.JSON.createObjectNode().put("image", picture.toString()))
                .toList();
        return new Scored(logits(adapted, ImageSet.unlabelled(pictures, form)), null, begun);
    }

    private Tensor logits(AdaptedModel adapted, ImageSet images) {
        return TextClassifier.logits(
                asked.directory(),
                adapted.model(),
                adapted.computed(),
                images,
                Described.labels(adapted.config()).size());
    }
}
