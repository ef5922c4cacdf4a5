package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.Described;
import org.counterweight.model.Params;
import tools.jackson.databind.node.ObjectNode;

/** A trained model that tells the classes of images: {@code image}, {@code label}, and the label's probability. */
public record ImageClassifier(Asked asked) implements Scoring {
    @Override
    public void score(AdaptedModel adapted, Questions questions, Consumer<Scored> sink) {
        ImageForm form = ImageForm.of(asked.directory());
        Params params = asked.params(adapted);
        questions.pictures(asked, pictures -> {
            try (var scope = Scope.open()) {
                Tensor logits = TextClassifier.logits(
                        asked.directory(),
                        adapted.model(),
                        params,
                        ImageSet.unlabelled(pictures, form),
                        Described.labels(adapted.config()).size(),
                        asked.work());
                sink.accept(new Scored(logits, null, begun(pictures)));
            }
        });
    }

    /** An object for each picture, to be added to. */
    static List<ObjectNode> begun(List<Path> pictures) {
        return pictures.stream()
                .map(picture -> Configs.JSON.createObjectNode().put("image", picture.toString()))
                .toList();
    }
}
