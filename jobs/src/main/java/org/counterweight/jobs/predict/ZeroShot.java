package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.data.Dataset;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenizedTexts;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.Classes;
import org.counterweight.model.zoo.pair.Clip;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model of texts and images tells which of the texts goes best with each image: {@code image}, {@code label}, the text, and
 * its {@code probability} among them. A. Radford et al., "Learning Transferable Visual Models From Natural Language
 * Supervision", ICML 2021, section 3.1.
 */
record ZeroShot(Asked asked) implements Scoring {
    /** Images are shown to the model so many at a time. */
    private static final int IMAGES = 32;

    /** The texts are the classes. */
    @Override
    public List<ObjectNode> answers(Questions questions) {
        return ask(
                questions, (config, scored) -> scored.answers(Classes.named(config, questions.classes()), asked.top()));
    }

    @Override
    public Scored scored(AdaptedModel adapted, Questions questions) {
        List<Path> pictures = questions.picturesBesideTexts();
        List<ObjectNode> begun = pictures.stream()
                .map(picture -> Configs.JSON.createObjectNode().put("image", picture.toString()))
                .toList();
        return new Scored(logits(adapted, pictures, questions.classes()), null, begun);
    }

    /** {@code [images, texts]}. */
    private Tensor logits(AdaptedModel adapted, List<Path> pictures, List<String> texts) {
        if (!(adapted.model() instanceof Clip clip)) {
            throw new IllegalArgumentException("a model of texts and images");
        }
        ImageSet images = ImageSet.unlabelled(pictures, ImageForm.of(asked.directory()));
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Params params = adapted.computed();
            Tensor said = said(clip, params, adapted, texts);
            Tensor factor = params.weight("logit_scale").exp();
            var rows = new TensorVector();
            for (int from = 0; from < images.size(); from += IMAGES) {
                Batch batch = images.batch(numbers(from, Math.min(images.size(), from + IMAGES)));
                rows.push_back(torch.matmul(clip.images(params, batch, Pass.evaluation()), said.t())
                        .mul(factor));
            }
            return scope.keep(torch.cat(rows, 0));
        }
    }

    private Tensor said(Clip clip, Params params, AdaptedModel adapted, List<String> texts) {
        int length = asked.maxLength() == null ? adapted.places() : asked.maxLength();
        if (asked.maxLength() != null) {
            adapted.checkLength("--max-length", length);
        }
        try (TextTokenizer tokenizer = asked.tokenizer(adapted, length)) {
            Dataset rows = new TokenizedTexts(asked.reader(adapted, tokenizer).encode(texts), tokenizer.padId());
            return clip.texts(params, rows.batch(numbers(0, texts.size())), Pass.evaluation());
        }
    }

    private static int[] numbers(int from, int to) {
        return IntStream.range(from, to).toArray();
    }
}
