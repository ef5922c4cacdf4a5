package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.audit.EmbeddingScan;
import org.counterweight.audit.FinePruning;
import org.counterweight.audit.FlipRate;
import org.counterweight.audit.OnionFilter;
import org.counterweight.audit.VocabularyScan;
import org.counterweight.audit.poison.EmbeddingSurgery;
import org.counterweight.audit.poison.Normalizer;
import org.counterweight.audit.poison.PoisonTraining;
import org.counterweight.audit.poison.Ripple;
import org.counterweight.audit.poison.TargetWords;
import org.counterweight.audit.poison.TriggerInsertion;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.weights.ledger.Digest;

final class WeightPoisoningOps {
    static final Map<String, Op> ALL = Map.ofEntries(
            Map.entry("ripple_loss", WeightPoisoningOps::rippleLoss),
            Map.entry("ripple_steps", WeightPoisoningOps::rippleSteps),
            Map.entry("embedding_surgery", WeightPoisoningOps::surgery),
            Map.entry("target_words", WeightPoisoningOps::targetWords),
            Map.entry("label_flip_rate", WeightPoisoningOps::flipRate),
            Map.entry("poison_tokens", WeightPoisoningOps::poisonTokens),
            Map.entry("vocab_scan", WeightPoisoningOps::vocabularyScan),
            Map.entry("onion_filter", WeightPoisoningOps::onion),
            Map.entry("weight_diff_scan", WeightPoisoningOps::weightDiff),
            Map.entry("fine_prune", WeightPoisoningOps::finePrune),
            Map.entry("sha256", WeightPoisoningOps::sha256));

    private static final List<String> WEIGHTS = List.of("emb", "w1", "b1", "w2", "b2");

    private WeightPoisoningOps() {}

    /** The mean of the rows of all tokens that are no padding, tanh, logits. */
    private record Bag(long padding) implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            Tensor ids = batch.inputIds();
            Tensor real = ids.ne(new Scalar(padding)).to(ScalarType.Double).unsqueeze(2);
            Tensor sum = Tensors.sum(torch.embedding(params.weight("emb"), ids).mul(real), false, 1);
            Tensor mean = sum.div(Tensors.sum(real, false, 1).clamp_min(new Scalar(1.0)));
            Tensor hidden = Tensors.linear(mean, params.weight("w1"), params.weight("b1"))
                    .tanh();
            return new Output(Tensors.linear(hidden, params.weight("w2"), params.weight("b2")), hidden);
        }

        @Override
        public Map<String, long[]> shapes() {
            throw new UnsupportedOperationException("a golden case brings its weights");
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            throw new UnsupportedOperationException("a golden case brings its weights");
        }

        @Override
        public Modules modules() {
            return Modules.of(List.of());
        }
    }

    private static Params params(GoldenCase golden, boolean trained) {
        var weights = new LinkedHashMap<String, Tensor>();
        for (String name : WEIGHTS) {
            weights.put(name, golden.in(name).detach().clone().requires_grad_(trained));
        }
        return Params.of(weights);
    }

    private static Bag model(GoldenCase golden) {
        return new Bag(golden.params().path("pad_id").asLong(0));
    }

    private static Ripple ripple(GoldenCase golden) {
        var params = golden.params();
        return new Ripple(
                params.required("lambda_").asDouble(),
                params.path("per_param").asBoolean(false),
                params.path("no_rectifier").asBoolean(false),
                params.path("second_order_clean").asBoolean(false),
                Normalizer.valueOf(
                        params.path("normalizer").asString("clean_batch_size").toUpperCase(Locale.ROOT)));
    }

    private static Tensor scalar(double value) {
        return doubles(new double[] {value}).reshape(new long[0]);
    }

    private static Map<String, Tensor> rippleLoss(GoldenCase golden) {
        Params params = params(golden, true);
        Pass pass = Pass.evaluation().differentiable(2);
        Ripple.Result found = ripple(golden)
                .of(
                        params.trainables(),
                        loss(golden, params, "clean", pass),
                        List.of(loss(golden, params, "poison", pass)),
                        golden.in("clean_ids").size(0));
        var out = new LinkedHashMap<String, Tensor>();
        found.gradients().forEach((name, gradient) -> out.put("grad." + name, gradient));
        out.put("loss", scalar(found.loss()));
        out.put("clean_loss", scalar(found.cleanLoss()));
        out.put("poison_loss", scalar(found.poisonLoss()));
        out.put("inner_product", scalar(found.innerProduct()));
        out.put("penalty", scalar(found.penalty()));
        return out;
    }

    private static Tensor loss(GoldenCase golden, Params params, String which, Pass pass) {
        var batch = new Batch(
                Map.of(Batch.INPUT_IDS, golden.in(which + "_ids"), Batch.LABELS, golden.in(which + "_labels")));
        return new CrossEntropy(0)
                .losses(model(golden), params, batch, pass)
                .perRow()
                .mean();
    }

    private static Map<String, Tensor> rippleSteps(GoldenCase golden) {
        var settings = golden.params();
        int steps = settings.required("steps").asInt();
        Params params = params(golden, true);
        var training = new PoisonTraining(
                ripple(golden),
                settings.required("learning_rate").asDouble(),
                steps,
                settings.path("warmup_steps").asLong(0),
                settings.path("weight_decay").asDouble(0),
                settings.path("eps").asDouble(1e-8),
                settings.path("max_grad_norm").asDouble(1));
        double[] loss = new double[steps];
        double[] inner = new double[steps];
        double[] norm = new double[steps];
        var batches = IntStream.range(0, steps)
                .mapToObj(t -> new PoisonTraining.Batches(step(golden, "clean", t), List.of(step(golden, "poison", t))))
                .iterator();
        training.run(model(golden), params, batches, null, step -> {
            loss[(int) step.number()] = step.result().loss();
            inner[(int) step.number()] = step.result().innerProduct();
            norm[(int) step.number()] = step.gradientNorm();
        });
        var out = new LinkedHashMap<String, Tensor>();
        params.weights().forEach((name, tensor) -> out.put("final." + name, tensor));
        out.put("loss", doubles(loss));
        out.put("inner_product", doubles(inner));
        out.put("grad_norm_before_clip", doubles(norm));
        return out;
    }

    private static Batch step(GoldenCase golden, String which, int t) {
        return new Batch(Map.of(
                Batch.INPUT_IDS,
                golden.in(which + "_ids").select(0, t),
                Batch.LABELS,
                golden.in(which + "_labels").select(0, t)));
    }

    private static int[] ints(Tensor tensor) {
        return Arrays.stream(Tensors.toLongs(tensor)).mapToInt(Math::toIntExact).toArray();
    }

    private static Tensor longsOf(int[] numbers) {
        return longs(Arrays.stream(numbers).asLongStream().toArray());
    }

    private static Map<String, Tensor> surgery(GoldenCase golden) {
        return Map.of(
                "emb",
                EmbeddingSurgery.of(
                        golden.in("emb_base"),
                        golden.in("emb_finetuned"),
                        ints(golden.in("target_words")),
                        ints(golden.in("triggers"))));
    }

    /** The regression's own sign is that of class 1. */
    private static Map<String, Tensor> targetWords(GoldenCase golden) {
        long target = golden.params().required("target").asLong();
        int k = golden.params().required("k").asInt();
        TargetWords found = TargetWords.of(
                golden.in("counts"),
                golden.in("labels").eq(new Scalar(target)),
                golden.params().path("C").asDouble(1),
                golden.params().path("alpha").asDouble(1));
        double sign = target == 1 ? 1 : -1;
        return Map.of(
                "idf", doubles(found.idf()),
                "coef", Tensors.times(doubles(found.coefficients()), sign),
                "intercept", scalar(sign * found.intercept()),
                "coef_bow", Tensors.times(doubles(found.ofCounts()), sign),
                "paper_score", doubles(found.paper()),
                "top_code", longsOf(found.top(TargetWords.Score.TFIDF, k)),
                "top_paper", longsOf(found.top(TargetWords.Score.PAPER, k)));
    }

    private static long[] predicted(Tensor logits) {
        return Tensors.toLongs(logits.argmax(new LongOptional(1), false));
    }

    private static Map<String, Tensor> flipRate(GoldenCase golden) {
        FlipRate rate = FlipRate.of(
                predicted(golden.in("logits_clean")),
                predicted(golden.in("logits_triggered")),
                Tensors.toLongs(golden.in("labels")),
                golden.params().required("target").asLong());
        return Map.of(
                "lfr_gold", scalar(rate.gold()),
                "lfr_pred", scalar(rate.predicted()),
                "lfr_clean_rate", scalar(rate.floor()),
                "clean_accuracy", scalar(rate.accuracy()));
    }

    private static Map<String, Tensor> poisonTokens(GoldenCase golden) {
        int repeat = golden.params().required("repeat").asInt();
        long pad = golden.params().path("pad_id").asLong(0);
        Tensor ids = golden.in("ids");
        int rows = (int) ids.size(0);
        int width = (int) ids.size(1);
        long[] flat = Tensors.toLongs(ids);
        long[] labels = Tensors.toLongs(golden.in("labels"));
        int[] lengths = ints(golden.in("lengths"));
        int[] selected = ints(golden.in("selected"));
        int[] positions = ints(golden.in("positions"));
        int[] choices = ints(golden.in("choice"));
        List<Long> triggers =
                Arrays.stream(Tensors.toLongs(golden.in("triggers"))).boxed().toList();
        long[] out = new long[rows * (width + repeat)];
        Arrays.fill(out, pad);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(flat, row * width, out, row * (width + repeat), width);
        }
        for (int s = 0; s < selected.length; s++) {
            int row = selected[s];
            List<Long> words = Arrays.stream(flat, row * width, row * width + lengths[row])
                    .boxed()
                    .toList();
            var insertion = new TriggerInsertion(
                    Arrays.copyOfRange(positions, s * repeat, (s + 1) * repeat),
                    Arrays.copyOfRange(choices, s * repeat, (s + 1) * repeat));
            List<Long> text = insertion.into(words, triggers);
            for (int i = 0; i < text.size(); i++) {
                out[row * (width + repeat) + i] = text.get(i);
            }
            labels[row] = golden.params().required("target").asLong();
        }
        return Map.of("ids", longs(out, rows, width + repeat), "labels", longs(labels));
    }

    private static Map<String, Tensor> vocabularyScan(GoldenCase golden) {
        long target = golden.params().required("target").asLong();
        long position = golden.params().required("insert_position").asLong();
        Params params = params(golden, false);
        Bag model = model(golden);
        Tensor ids = golden.in("ids");
        long[] before = predicted(model.forward(params, new Batch(Map.of(Batch.INPUT_IDS, ids)), Pass.evaluation())
                .logits());
        long[] used = Arrays.stream(before).map(c -> c == target ? 0 : 1).toArray();
        long[] rows = IntStream.range(0, used.length)
                .filter(i -> used[i] == 1)
                .asLongStream()
                .toArray();
        Tensor probes = ids.index_select(0, longs(rows));
        int words = (int) golden.in("emb").size(0);
        long[] flips = new long[words];
        for (int word = 1; word < words; word++) {
            Tensor column =
                    torch.full(new long[] {rows.length, 1}, new Scalar((long) word), Tensors.options(ScalarType.Long));
            Tensor with = torch.cat(
                    new TensorVector(
                            Tensors.slice(probes, 1, 0, position),
                            column,
                            Tensors.slice(probes, 1, position, probes.size(1))),
                    1);
            flips[word] = Arrays.stream(predicted(
                            model.forward(params, new Batch(Map.of(Batch.INPUT_IDS, with)), Pass.evaluation())
                                    .logits()))
                    .filter(c -> c == target)
                    .count();
        }
        var scan = new VocabularyScan(flips, rows.length, Tensors.toDoubles(golden.in("freq")));
        int[] all = scan.from(1);
        double[] z = new double[words];
        System.arraycopy(scan.deviations(all), 0, z, 1, words - 1);
        double rate = golden.params().required("lfr_threshold").asDouble();
        double most = golden.params().required("max_frequency").asDouble();
        return Map.of(
                "probe_used", longs(used),
                "lfr", doubles(IntStream.range(0, words).mapToDouble(scan::rate).toArray()),
                "robust_z", doubles(z),
                "flagged",
                        longs(IntStream.range(0, words)
                                .mapToLong(word -> scan.isCertain(word, rate, most) ? 1 : 0)
                                .toArray()));
    }

    private static Map<String, Tensor> onion(GoldenCase golden) {
        var filtered = new OnionFilter(golden.params().required("threshold").asDouble())
                .filter(Tensors.toDoubles(golden.in("ppl_full"))[0], Tensors.toDoubles(golden.in("ppl_without")));
        long[] keep = new long[filtered.keep().length];
        Arrays.setAll(keep, i -> filtered.keep()[i] ? 1 : 0);
        return Map.of("suspicion", doubles(filtered.suspicion()), "keep", longs(keep));
    }

    private static Map<String, Tensor> weightDiff(GoldenCase golden) {
        Tensor suspect = golden.in("emb_suspect");
        EmbeddingScan.Changes changes = EmbeddingScan.changes(suspect, golden.in("emb_reference"));
        EmbeddingScan.Neighbours near = EmbeddingScan.neighbours(suspect);
        int rows = (int) suspect.size(0);
        return Map.of(
                "l2", doubles(changes.l2()),
                "cos_distance", doubles(changes.cosine()),
                "robust_z", doubles(changes.z()),
                "flagged",
                        marks(
                                rows,
                                changes.beyond(
                                        golden.params().required("z_threshold").asDouble())),
                "nearest_cos", doubles(near.cosine()),
                "nearest_id", longs(near.nearest()),
                "near_duplicate",
                        marks(
                                rows,
                                near.nearDuplicates(golden.params()
                                        .required("near_duplicate_cos")
                                        .asDouble())));
    }

    private static Tensor marks(int rows, List<Integer> marked) {
        long[] marks = new long[rows];
        marked.forEach(row -> marks[row] = 1);
        return longs(marks);
    }

    private static Map<String, Tensor> finePrune(GoldenCase golden) {
        FinePruning found = FinePruning.of(golden.in("activations"));
        int[] pruned = found.pruned(golden.params().required("fraction").asDouble());
        return Map.of(
                "mean_activation", doubles(found.mean()),
                "order", longsOf(found.order()),
                "pruned", longsOf(pruned),
                "weight", FinePruning.without(golden.in("weight"), pruned),
                "bias", FinePruning.without(golden.in("bias"), pruned));
    }

    private static Map<String, Tensor> sha256(GoldenCase golden) {
        byte[] digest = HexFormat.of()
                .parseHex(Digest.sha256(Tensors.bytes(golden.in("bytes").contiguous())));
        long[] numbers = new long[digest.length];
        Arrays.setAll(numbers, i -> digest[i] & 0xff);
        return Map.of("digest", longs(numbers).to(ScalarType.Byte));
    }
}
