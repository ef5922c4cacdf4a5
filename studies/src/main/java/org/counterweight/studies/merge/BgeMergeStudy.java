package org.counterweight.studies.merge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextSet;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.studies.glosses.Encoders;
import org.counterweight.studies.glosses.GlossTransfer;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;

/**
 * Real sentence encoders merged as {@code cw merge} does it: two versions of one model, and two models that share only their
 * shape.
 *
 * @param encoder the directory of a model, by the name of its holding
 * @param texts glosses with their classes
 */
public record BgeMergeStudy(Function<String, Path> encoder, Supplier<LabelledTexts> texts) implements Study {
    private static final Metric NEAREST = Metric.higher("nearest", "nearest gloss of the same class, %", 1);
    private static final Metric CENTROID = Metric.higher("centroid", "nearest centroid is the class's, %", 1);
    private static final Metric AGREES = Metric.higher("agrees", "correlation of similarities with BGE v1.5's", 3);

    static final String V1 = "bge-small-en";
    static final String V15 = "bge-small-en-v1.5";
    static final String E5 = "e5-small-v2";
    static final String FAMILY = "v1 with v1.5";
    static final String STRANGERS = "v1.5 with E5";
    static final List<String> SHARES = List.of("linear 0.25", "linear 0.5", "linear 0.75", "slerp 0.5");

    private static final int CLASSES = 12;
    private static final int ROWS = 400;

    /** The catalogue's encoders and WordNet's nouns, fetched when the study runs. */
    public static BgeMergeStudy onHoldings() {
        Fetcher fetcher = Fetcher.ofUser(step -> {});
        return new BgeMergeStudy(
                name -> fetcher.fetch(Holdings.named(name)),
                () -> TextSet.read(fetcher.fetch(Holdings.named("wordnet-nouns")))
                        .train());
    }

    private static List<Pick> all() {
        var all = new ArrayList<>(List.of(Pick.of(V1), Pick.of(V15), Pick.of(E5)));
        for (String pair : List.of(FAMILY, STRANGERS)) {
            SHARES.forEach(share -> all.add(Pick.of(pair, share)));
        }
        return all;
    }

    @Override
    public Plan plan() {
        Pick half = Pick.of(FAMILY, "linear 0.5");
        Pick mixed = Pick.of(STRANGERS, "linear 0.5");
        return Plan.of("merge-bge", "Merging real encoders: one lineage works, two do not")
                .method("model_stock")
                .paper("M. Wortsman et al., Model soups, ICML 2022, and the practice of mergekit's users")
                .says("Models that come from one pre-trained model can be averaged; models that do not, cannot.")
                .data(
                        "400 dictionary glosses of WordNet 3.1's nouns in the 12 most frequent classes, drawn anew for each seed. Each"
                                + " gloss is embedded; it is asked whether its nearest neighbour among the others has its class, and"
                                + " whether the nearest of the classes' centroids is its own (its own gloss left out). Nothing is"
                                + " trained.")
                .setup(
                        "BGE small v1 and v1.5 and E5 small v2: 12 layers, width 384, one vocabulary. Merged by the code of cw merge, in"
                                + " float32; linear 0.25 is a quarter of the second model. BGE is read at its first token, E5 by the"
                                + " mean with \"query: \" before the text; of the merge with E5 the better of both readings counts, seed by"
                                + " seed.")
                .picks(all())
                .seeds(3)
                .claim(
                        "Half v1, half v1.5 is not three points behind v1.5 at finding the nearest gloss",
                        new Rule.Advantage(NEAREST, half, Pick.of(V15), -3))
                .claim("nor behind v1", new Rule.Advantage(NEAREST, half, Pick.of(V1), -3))
                .claim(
                        "Its similarities are those of v1.5: they correlate above 0.9",
                        new Rule.Within(AGREES, half, 0.9, 1, 1))
                .claim(
                        "Half v1.5, half E5 is ten points and more behind v1.5",
                        new Rule.Advantage(NEAREST, Pick.of(V15), mixed, 10))
                .claim("and behind E5", new Rule.Advantage(NEAREST, Pick.of(E5), mixed, 10))
                .claim(
                        "Interpolating on the sphere does not save it: it too is ten points behind v1.5",
                        new Rule.Advantage(NEAREST, Pick.of(V15), Pick.of(STRANGERS, "slerp 0.5"), 10))
                .table("Encoders and merges", all(), List.of(NEAREST, CENTROID, AGREES))
                .figure(new Figure.Bars(
                        "nearest",
                        "How often the nearest gloss has the class",
                        "%",
                        List.of(NEAREST),
                        List.of(Pick.of(V1), Pick.of(V15), Pick.of(E5), half, mixed)))
                .limit("400 glosses and three draws: one gloss is a quarter of a point.")
                .limit(
                        "That the merge fails is seen by asking the merged model, not from the weights: names and shapes all fit.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        LabelledTexts drawn = GlossTransfer.draw(texts.get(), CLASSES, size.of(ROWS, 24), seed.child("rows"));
        Tensor labels =
                Tensors.longs(IntStream.of(drawn.labels()).mapToLong(i -> i).toArray());
        Tensor reference = similarities(read(encoder.apply(V15), drawn, false));
        return arm -> arm.setting().isEmpty()
                ? measured(read(encoder.apply(arm.method()), drawn, arm.method().equals(E5)), labels, reference)
                : merged(arm, drawn, labels, reference);
    }

    private Measurement merged(Arm arm, LabelledTexts drawn, Tensor labels, Tensor reference) {
        boolean family = arm.method().equals(FAMILY);
        Path first = encoder.apply(family ? V1 : V15);
        Path second = encoder.apply(family ? V15 : E5);
        return Encoders.merged(arm.setting(), first, second, directory -> {
            Measurement atFirst = measured(read(directory, drawn, false), labels, reference);
            if (family) {
                return atFirst;
            }
            Measurement byMean = measured(read(directory, drawn, true), labels, reference);
            return value(byMean) > value(atFirst) ? byMean : atFirst;
        });
    }

    private static double value(Measurement measured) {
        return Objects.requireNonNull(measured.values().get(NEAREST.key()));
    }

    /**
     * The normalised embeddings, {@code [rows, width]}.
     *
     * @param asE5 the mean of the tokens, with E5's prefix; else the first token
     */
    private static Tensor read(Path directory, LabelledTexts drawn, boolean asE5) {
        return asE5
                ? Encoders.read(
                        directory,
                        drawn.texts().stream().map(text -> "query: " + text).toList(),
                        Encoders.Reading.MEAN)
                : Encoders.read(directory, drawn.texts(), Encoders.Reading.FIRST_TOKEN);
    }

    private static Tensor similarities(Tensor embedded) {
        return torch.matmul(embedded, embedded.t()).to(ScalarType.Double);
    }

    private static Measurement measured(Tensor embedded, Tensor labels, Tensor reference) {
        try (var scope = Scope.open()) {
            Tensor similarity = similarities(embedded);
            long n = labels.numel();
            Tensor self = torch.eye(n).to(ScalarType.Bool);
            Tensor nearest = similarity
                    .masked_fill(self, Tensors.scalar(Double.NEGATIVE_INFINITY))
                    .argmax(new LongOptional(1), false);
            Tensor member = torch.one_hot(labels, CLASSES).to(ScalarType.Double); // [n, classes]
            Tensor sums = torch.matmul(member.t(), embedded.to(ScalarType.Double)); // [classes, width]
            Tensor own = torch.matmul(member, sums).sub(embedded); // its class without itself
            Tensor scores =
                    torch.matmul(embedded.to(ScalarType.Double), unit(sums).t());
            Tensor ownScores = embedded.mul(unit(own)).sum(1);
            Tensor left = torch.where(member.gt(Tensors.scalar(0)), ownScores.unsqueeze(1), scores);
            return Measurement.of(Map.of(
                    NEAREST.key(), percent(labels.index_select(0, nearest).eq(labels)),
                    CENTROID.key(),
                            percent(left.argmax(new LongOptional(1), false).eq(labels)),
                    AGREES.key(),
                            correlation(
                                    similarity.masked_select(self.logical_not()),
                                    reference.masked_select(self.logical_not()))));
        }
    }

    /** Rows of length 1; those of classes without a row stay zero. */
    private static Tensor unit(Tensor rows) {
        return rows.div(Tensors.norm2(rows, true, 1).clamp_min(Tensors.scalar(1e-12)));
    }

    private static double percent(Tensor hits) {
        return 100.0 * hits.sum().item_long() / hits.numel();
    }

    private static double correlation(Tensor a, Tensor b) {
        Tensor x = a.sub(a.mean());
        Tensor y = b.sub(b.mean());
        return x.mul(y).sum().item_double()
                / Math.sqrt(x.square().sum().item_double() * y.square().sum().item_double());
    }
}
