package org.counterweight.studies.merge;

import static org.counterweight.studies.merge.BgeMergeStudy.E5;
import static org.counterweight.studies.merge.BgeMergeStudy.FAMILY;
import static org.counterweight.studies.merge.BgeMergeStudy.SHARES;
import static org.counterweight.studies.merge.BgeMergeStudy.STRANGERS;
import static org.counterweight.studies.merge.BgeMergeStudy.V1;
import static org.counterweight.studies.merge.BgeMergeStudy.V15;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
import org.counterweight.studies.glosses.Encoders.Reading;
import org.counterweight.studies.glosses.GlossTransfer;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Claim;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.studies.plan.shown.Table;

/**
 * The second question to merged sentence encoders, asked because {@link BgeMergeStudy}'s was answered well even by the merge
 * of strangers: can the merge encode queries for an index that one of its parents has built?
 *
 * @param encoder the directory of a model, by the name of its holding
 * @param texts glosses
 * @param least words of a gloss that is asked for
 */
public record BgeIndexStudy(Function<String, Path> encoder, Supplier<LabelledTexts> texts, int least) implements Study {
    private static final Metric OLD = Metric.higher("index15", "reciprocal rank in BGE v1.5's index, %", 1);
    private static final Metric FOREIGN = Metric.higher("indexE5", "reciprocal rank in E5's index, %", 1);
    private static final Metric OWN = Metric.higher("own", "reciprocal rank in its own index, %", 1);

    private static final int CLASSES = 4;
    private static final int ROWS = 400;
    private static final String QUERY = "query: ";
    private static final String PASSAGE = "passage: ";

    /** The catalogue's encoders and WordNet's nouns, fetched when the study runs. */
    public static BgeIndexStudy onHoldings() {
        Fetcher fetcher = Fetcher.ofUser(step -> {});
        return new BgeIndexStudy(
                name -> fetcher.fetch(Holdings.named(name)),
                () -> TextSet.read(fetcher.fetch(Holdings.named("wordnet-nouns")))
                        .train(),
                8);
    }

    private static List<Pick> all() {
        var all = new ArrayList<>(List.of(Pick.of(V1, ""), Pick.of(V15, ""), Pick.of(E5, "")));
        for (String pair : List.of(FAMILY, STRANGERS)) {
            SHARES.forEach(share -> all.add(Pick.of(pair, share)));
        }
        return all;
    }

    private static List<Pick> line(String first, String pair, String second) {
        return List.of(
                Pick.of(first, ""),
                Pick.of(pair, "linear 0.25"),
                Pick.of(pair, "linear 0.5"),
                Pick.of(pair, "linear 0.75"),
                Pick.of(second, ""));
    }

    @Override
    public Plan plan() {
        Pick half = Pick.of(FAMILY, "linear 0.5");
        Pick mixed = Pick.of(STRANGERS, "linear 0.5");
        Pick v15 = Pick.of(V15, "");
        return new Plan(
                "merge-bge-index",
                "Merged encoders before an index that a parent has built",
                "model_stock",
                "M. Wortsman et al., Model soups, ICML 2022, and the practice of mergekit's users",
                "Models that come from one pre-trained model can be averaged; models that do not, cannot.",
                "400 dictionary glosses of eight words and more from WordNet 3.1's four most frequent classes of nouns, drawn"
                        + " anew for each seed. Each is cut in the middle: the first halves are the index, the second halves"
                        + " the queries, and the measure is the mean reciprocal of the rank at which a query finds its first"
                        + " half among all. Nothing is trained.",
                "BGE small v1 and v1.5 and E5 small v2, merged by the code of cw merge in float32; linear 0.25 is a quarter of the"
                        + " second model. In a parent's index the queries are read as that parent is: at the first token, or the"
                        + " mean with \"query: \" before the text; in its own index a model has the better of both readings, seed"
                        + " by seed. Chance is 1.6 %.",
                all().stream()
                        .map(pick -> new Arm(pick.method(), String.valueOf(pick.setting())))
                        .toList(),
                5,
                null,
                List.of(
                        new Claim(
                                "Half v1, half v1.5 stands in for v1.5: before its index it is not three points behind it",
                                new Rule.Advantage(OLD, half, v15, -3)),
                        new Claim("and with an index of its own neither", new Rule.Advantage(OWN, half, v15, -3)),
                        new Claim(
                                "Half v1.5, half E5 cannot stand in for v1.5: before its index it is ten points and more"
                                        + " behind",
                                new Rule.Advantage(OLD, v15, mixed, 10)),
                        new Claim(
                                "nor for E5 before E5's index",
                                new Rule.Advantage(FOREIGN, Pick.of(E5, ""), mixed, 10)),
                        new Claim(
                                "Interpolating on the sphere does not save it before v1.5's index",
                                new Rule.Advantage(OLD, v15, Pick.of(STRANGERS, "slerp 0.5"), 10)),
                        new Claim(
                                "With an index of its own, too, it is three points and more behind v1.5",
                                new Rule.Advantage(OWN, v15, mixed, 3))),
                List.of(new Table("Encoders and merges", all(), List.of(OLD, FOREIGN, OWN))),
                List.of(new Figure.Tradeoff(
                        "line",
                        "From BGE v1.5 to its predecessor, and to E5",
                        OWN,
                        OLD,
                        List.of(
                                new Figure.Trail("to v1", line(V1, FAMILY, V15)),
                                new Figure.Trail("to E5", line(V15, STRANGERS, E5))))),
                List.of(
                        "400 glosses and five draws; half a gloss says little, so that no encoder finds all.",
                        "The question was stated after the first one, of merge-bge, had not shown the failure, and before any"
                                + " figure of this one was seen."));
    }

    /** Second halves and first halves of glosses. */
    private record Halves(List<String> queries, List<String> passages) {
        static Halves of(List<String> texts) {
            return new Halves(
                    texts.stream().map(text -> half(text, true)).toList(),
                    texts.stream().map(text -> half(text, false)).toList());
        }

        private static String half(String text, boolean second) {
            String[] words = text.strip().split("\\s+");
            int middle = words.length / 2;
            return String.join(" ", Arrays.copyOfRange(words, second ? middle : 0, second ? words.length : middle));
        }
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        var halves = Halves.of(GlossTransfer.draw(longEnough(), CLASSES, size.of(ROWS, 24), seed.child("rows"))
                .texts());
        Tensor old = passages(encoder.apply(V15), halves, Reading.FIRST_TOKEN);
        Tensor foreign = passages(encoder.apply(E5), halves, Reading.MEAN);
        return arm -> {
            Function<Path, Measurement> measure = directory -> measured(directory, halves, old, foreign);
            return arm.setting().isEmpty()
                    ? measure.apply(encoder.apply(arm.method()))
                    : Encoders.merged(
                            arm.setting(),
                            encoder.apply(arm.method().equals(FAMILY) ? V1 : V15),
                            encoder.apply(arm.method().equals(FAMILY) ? V15 : E5),
                            measure);
        };
    }

    private LabelledTexts longEnough() {
        LabelledTexts all = texts.get();
        int[] rows = IntStream.range(0, all.texts().size())
                .filter(row -> all.texts().get(row).strip().split("\\s+").length >= least)
                .toArray();
        return new LabelledTexts(
                IntStream.of(rows).mapToObj(all.texts()::get).toList(),
                IntStream.of(rows).map(row -> all.labels()[row]).toArray(),
                all.labelNames());
    }

    private static Measurement measured(Path directory, Halves halves, Tensor old, Tensor foreign) {
        try (var scope = Scope.open()) {
            Tensor atFirst = queries(directory, halves, Reading.FIRST_TOKEN);
            Tensor byMean = queries(directory, halves, Reading.MEAN);
            double own = Stream.of(
                            reciprocalRank(atFirst, passages(directory, halves, Reading.FIRST_TOKEN)),
                            reciprocalRank(byMean, passages(directory, halves, Reading.MEAN)))
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElseThrow();
            return Measurement.of(Map.of(
                    OLD.key(), reciprocalRank(atFirst, old),
                    FOREIGN.key(), reciprocalRank(byMean, foreign),
                    OWN.key(), own));
        }
    }

    private static Tensor queries(Path directory, Halves halves, Reading reading) {
        return Encoders.read(directory, prefixed(QUERY, halves.queries(), reading), reading);
    }

    private static Tensor passages(Path directory, Halves halves, Reading reading) {
        return Encoders.read(directory, prefixed(PASSAGE, halves.passages(), reading), reading);
    }

    private static List<String> prefixed(String prefix, List<String> texts, Reading reading) {
        return reading == Reading.MEAN ? texts.stream().map(prefix::concat).toList() : texts;
    }

    /** The mean over queries of 1 / rank of the passage in the same row, in percent. */
    private static double reciprocalRank(Tensor queries, Tensor passages) {
        Tensor similarity = torch.matmul(queries, passages.t()).to(ScalarType.Double); // [queries, passages]
        Tensor wanted = similarity.diagonal().unsqueeze(1);
        Tensor rank = Tensors.plus(Tensors.sum(similarity.gt(wanted).to(ScalarType.Double), false, 1), 1);
        return 100 * rank.reciprocal().mean().item_double();
    }
}
