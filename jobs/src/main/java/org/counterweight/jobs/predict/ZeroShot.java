package org.counterweight.jobs.predict;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.Dataset;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenizedTexts;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.predict.answer.Scored;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.PictureQuestions;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.Classes;
import org.counterweight.model.zoo.pair.Clip;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model of texts and images tells which of the texts goes best with each image: {@code image}, {@code label}, the text, and
 * its {@code probability} among them. A. Radford et al., "Learning Transferable Visual Models From Natural Language
 * Supervision", ICML 2021, section 3.1.
 */
record ZeroShot(AskedModel asked) implements Scoring {
    /** Images are shown to the model this many at a time. */
    private static final int IMAGES = 32;

    /** The texts are the classes. */
    @Override
    public void answer(Questions questions, Consumer<List<ObjectNode>> sink) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            AdaptedModel adapted = asked.open(files);
            ObjectNode config =
                    Classes.named(adapted.config(), questions.ofPictures().classes());
            score(adapted, questions, scored -> sink.accept(scored.answers(config, asked.top(), Thresholds.NONE)));
        }
    }

    @Override
    public void score(AdaptedModel adapted, Questions questions, Consumer<Scored> sink) {
        if (!(adapted.model() instanceof Clip clip)) {
            throw new IllegalArgumentException("a model of texts and images");
        }
        List<String> texts = questions.ofPictures().classes();
        ImageForm form = ImageForm.of(asked.directory());
        Params params = asked.params(adapted);
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor said = said(clip, params, adapted, texts);
            questions.ofPictures().besideTexts(asked, pictures -> {
                try (var some = Scope.open()) {
                    Tensor logits = logits(clip, params, ImageSet.unlabelled(pictures, form), said);
                    sink.accept(new Scored(logits, null, PictureQuestions.begun(pictures)));
                }
            });
        }
    }

    /** {@code [images, texts]}. */
    private Tensor logits(Clip clip, Params params, ImageSet images, Tensor said) {
        Tensor factor = params.weight("logit_scale").exp();
        var rows = new TensorVector();
        for (int from = 0; from < images.size(); from += IMAGES) {
            int to = Math.min(images.size(), from + IMAGES);
            Batch batch = images.batch(numbers(from, to)).to(params.device());
            Tensor seen = clip.images(params, batch, Pass.evaluation());
            rows.push_back(torch.matmul(seen, said.t()).mul(factor).cpu());
            asked.inference().progress().advance(to - from);
        }
        return torch.cat(rows, 0);
    }

    private Tensor said(Clip clip, Params params, AdaptedModel adapted, List<String> texts) {
        int length = asked.maxLength() == null ? adapted.places() : asked.maxLength();
        if (asked.maxLength() != null) {
            adapted.checkLength("--max-length", length);
        }
        try (TextTokenizer tokenizer = asked.tokenizer(adapted, length)) {
            AskedModel.Reader reader = asked.reader(adapted, tokenizer);
            Dataset rows = new TokenizedTexts(reader.encode(texts), tokenizer.padId());
            reader.tellCut(asked.remarks());
            Batch batch = rows.batch(numbers(0, texts.size())).to(params.device());
            return clip.texts(params, batch, Pass.evaluation());
        }
    }

    private static int[] numbers(int from, int to) {
        return IntStream.range(from, to).toArray();
    }
}
