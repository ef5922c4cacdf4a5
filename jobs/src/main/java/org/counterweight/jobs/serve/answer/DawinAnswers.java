package org.counterweight.jobs.serve.answer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.Dataset;
import org.counterweight.data.text.Passages;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.predict.Classifiers;
import org.counterweight.jobs.predict.OpenTexts;
import org.counterweight.jobs.predict.TextClassifier;
import org.counterweight.jobs.predict.answer.Answers;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.dynamic.Coefficients;
import org.counterweight.merge.dynamic.DawinConfig;
import org.counterweight.merge.soup.WiseFtConfig;
import org.counterweight.model.Params;
import org.counterweight.model.generate.Generation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Two classifiers of one base, mixed for each text by how sure each of them is (DaWin). The share of the second one is rounded
 * to quarters, so that few mixtures are held in memory and no answer depends on the texts that arrive with it: neither
 * clusters nor an offset are fitted, which take a set of texts.
 *
 * <p>C. Oh et al., "DaWin: training-free dynamic weight interpolation for robust adaptation", ICLR 2025, section 3.
 */
public final class DawinAnswers implements Answering {
    private static final int STEPS = 4;

    private final Scope scope;
    private final Path other;
    private final Classifiers parents;
    private final TextTokenizer tokenizer;
    private final List<Params> mixtures;
    private final DawinConfig config;

    private DawinAnswers(Scope scope, Path other, Classifiers parents, @Nullable Integer maxLength) {
        this.scope = scope;
        this.other = other;
        this.parents = parents;
        var weights = parents.all().stream().map(Classifiers.One::weights).toList();
        var all = new ArrayList<Params>();
        for (int step = 0; step <= STEPS; step++) {
            var mixed = step == 0
                    ? weights.get(0)
                    : step == STEPS ? weights.get(1) : InMemory.merge(new WiseFtConfig((double) step / STEPS), weights);
            all.add(Params.of(AdaptedModel.inFloat32(mixed)));
        }
        this.mixtures = List.copyOf(all);
        ObjectNode settings = Configs.tree(Configs.defaults(DawinConfig.class));
        settings.put("offset_adjustment", false).put("bmm_ncluster", 0);
        this.config = Configs.bind(settings, DawinConfig.class, "dawin");
        this.tokenizer = parents.tokenizer(parents.length(maxLength));
    }

    /**
     * Opens two models, without an adapter or edits.
     *
     * @throws org.counterweight.weights.WeightsException if they cannot be mixed
     */
    public static DawinAnswers open(Path model, Path other, @Nullable Integer maxLength) {
        Scope scope = Scope.open();
        try {
            Classifiers parents = Classifiers.open(List.of(model, other), null, maxLength);
            try {
                var pair = new DawinAnswers(scope, other, parents, maxLength);
                scope.detach();
                return pair;
            } catch (RuntimeException e) {
                parents.close();
                throw e;
            }
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    @Override
    public List<ObjectNode> answers(Passages texts, @Nullable Generation generation, int top) {
        var rows = TextClassification.of(texts.unlabelled(), tokenizer);
        List<ObjectNode> begun = OpenTexts.begun(texts);
        try (var inner = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor first = logits(0, rows);
            Tensor second = logits(STEPS, rows);
            double[] shares = Tensors.toDoubles(
                    Coefficients.of(config, first, second, null, null).lambda());
            int[] steps = Arrays.stream(shares)
                    .mapToInt(share -> (int) Math.round(share * STEPS))
                    .toArray();
            Tensor mixed = first.clone();
            for (int step = 1; step <= STEPS; step++) {
                int wanted = step;
                int[] own = IntStream.range(0, steps.length)
                        .filter(row -> steps[row] == wanted)
                        .toArray();
                if (own.length > 0) {
                    Tensor places =
                            Tensors.longs(Arrays.stream(own).asLongStream().toArray());
                    Tensor answers = step == STEPS ? second.index_select(0, places) : logits(step, rows.select(own));
                    mixed.index_copy_(0, places, answers);
                }
            }
            List<ObjectNode> lines =
                    Answers.of(parents.first().adapted().config(), mixed, null, begun, top, Thresholds.NONE);
            for (int row = 0; row < lines.size(); row++) {
                lines.get(row).put("dawin", (double) steps[row] / STEPS);
            }
            return lines;
        }
    }

    private Tensor logits(int step, Dataset rows) {
        return TextClassifier.logits(
                parents.first().directory(),
                parents.first().adapted().model(),
                mixtures.get(step),
                rows,
                parents.labels().size());
    }

    @Override
    public boolean joins() {
        return true;
    }

    @Override
    public @Nullable Edits edits() {
        return null;
    }

    @Override
    public ObjectNode described() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("model", parents.first().directory().toString()).putNull("adapter");
        json.put("dawin", other.toString()).put("goes_on", false);
        var labels = json.putArray("classes");
        parents.labels().forEach(labels::add);
        return json;
    }

    @Override
    public void close() {
        tokenizer.close();
        parents.close();
        scope.close();
    }
}
