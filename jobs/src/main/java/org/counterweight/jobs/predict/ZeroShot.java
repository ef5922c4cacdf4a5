package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.ArrayList;
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
import org.counterweight.model.zoo.pair.Clip;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model of texts and images tells which of the texts goes best with each image: {@code image}, {@code label}, the text, and
 * its {@code probability} among them. A. Radford et al., "Learning Transferable Visual Models From Natural Language
 * Supervision", ICML 2021, section 3.1.
 */
record ZeroShot(Asked asked) implements Scoring {
    /** Images are shown to the model so many at a time. */
    private static final int IMAGES = 32;

    @Override
    public List<ObjectNode> answers(Questions questions) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            Tensor logits = logits(AdaptedModel.of(files, asked.adapter()), questions);
            var lines = new ArrayList<ObjectNode>();
            double[] shares = Tensors.toDoubles(logits.softmax(1));
            List<String> texts = questions.classes();
            for (Path picture : questions.picturesBesideTexts()) {
                int from = lines.size() * texts.size();
                int best = 0;
                for (int text = 1; text < texts.size(); text++) {
                    best = shares[from + text] > shares[from + best] ? text : best;
                }
                lines.add(Configs.JSON
                        .createObjectNode()
                        .put("image", picture.toString())
                        .put("label", texts.get(best))
                        .put("probability", Math.round(shares[from + best] * 1e4) / 1e4));
            }
            return lines;
        }
    }

    /** {@code [images, texts]}. */
    @Override
    public Tensor logits(AdaptedModel adapted, Questions questions) {
        List<Path> pictures = questions.picturesBesideTexts();
        List<String> texts = questions.classes();
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
            Dataset rows = new TokenizedTexts(asked.encode(tokenizer, texts), tokenizer.padId());
            return clip.texts(params, rows.batch(numbers(0, texts.size())), Pass.evaluation());
        }
    }

    private static int[] numbers(int from, int to) {
        return IntStream.range(from, to).toArray();
    }
}
