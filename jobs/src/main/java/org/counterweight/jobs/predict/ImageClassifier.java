package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.Described;

/** A trained model that tells classes or scores of images: {@code image}, and what is told of it. */
public record ImageClassifier(Asked asked) implements Scoring {
    @Override
    public Scored scored(AdaptedModel adapted, Questions questions) {
        Questions.Pictures pictures = questions.pictures(asked.remarks());
        return new Scored(logits(adapted, pictures.all()), null, pictures.begun());
    }

    private Tensor logits(AdaptedModel adapted, List<Path> pictures) {
        return TextClassifier.logits(
                asked.directory(),
                adapted.model(),
                adapted.computed(),
                ImageSet.unlabelled(pictures, ImageForm.of(asked.directory())),
                Described.labels(adapted.config()).size());
    }
}
