package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.Described;
import tools.jackson.databind.node.ObjectNode;

/** A trained model that tells the classes of images: {@code image}, {@code label}, and the label's probability. */
public record ImageClassifier(Asked asked) implements Scoring {
    @Override
    public Scored scored(AdaptedModel adapted, Questions questions) {
        List<Path> pictures = questions.pictures();
        List<ObjectNode> begun = pictures.stream()
                .map(picture -> Configs.JSON.createObjectNode().put("image", picture.toString()))
                .toList();
        return new Scored(logits(adapted, pictures), null, begun);
    }

    private Tensor logits(AdaptedModel adapted, List<Path> pictures) {
        ImageForm form = ImageForm.beside(asked.directory());
        if (form == null) {
            throw new ConfigException(asked.directory() + ": has no " + ImageForm.FILE
                    + ", which says of what size its images are; copy it from where the model was trained");
        }
        return TextClassifier.logits(
                asked.directory(),
                adapted.model(),
                adapted.computed(),
                ImageSet.unlabelled(pictures, form.shape()),
                Described.labels(adapted.config()).size());
    }
}
