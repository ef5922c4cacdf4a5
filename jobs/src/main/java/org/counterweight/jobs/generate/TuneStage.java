package org.counterweight.jobs.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.text.TokenRows;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.GeneratorTraining;
import org.counterweight.fewgen.TuneConfig;
import org.counterweight.fewgen.TuningBatch;
import org.counterweight.fewgen.WeightNet;
import org.counterweight.fewgen.generate.Acceptance.Text;
import org.counterweight.fewgen.prefix.PrefixGenerator;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.recipe.program.GenerateRecipe;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.Remembering;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ObjectNode;

/** The first stage: the prefixes of the labels are tuned on the few examples, and saved after each pass over them. */
final class TuneStage {
    static final String FILE = "generator.safetensors";
    static final String PART = "generator.part.safetensors";
    private static final String KEY = "fewgen";
    private static final String CURVE = "curve";
    private static final int FIGURES = 4;

    private final GenerateRecipe recipe;
    private final OpenedGenerator opened;
    private final FewRows examples;
    private final ProgressLine progress;
    private final TuneConfig config;
    private final Seed seed;
    private final TokenRows first;
    private final TokenRows second;

    TuneStage(GenerateRecipe recipe, OpenedGenerator opened, FewRows examples, ProgressLine progress) {
        this.recipe = recipe;
        this.opened = opened;
        this.examples = examples;
        this.progress = progress;
        this.config = recipe.fewgen().tune();
        this.seed = new Seed(recipe.fewgen().seed()).child("tune");
        List<String> firsts = examples.texts().stream()
                .map(text -> text.first() == null ? "" : text.first())
                .toList();
        first = opened.tokenizer().encode(firsts, false);
        second = opened.tokenizer()
                .encode(examples.texts().stream().map(Text::text).toList(), false);
    }

    /**
     * What each pass over the examples gave: the loss, L_disc after the inner step, and the least and the greatest weight of a
     * token as a multiple of equal ones.
     *
     * @param passes of four figures each
     */
    record Curve(List<double[]> passes) {
        static Curve of(double... flat) {
            return new Curve(IntStream.range(0, flat.length / FIGURES)
                    .mapToObj(i -> Arrays.copyOfRange(flat, i * FIGURES, (i + 1) * FIGURES))
                    .toList());
        }

        double[] column(int figure) {
            return passes.stream().mapToDouble(pass -> pass[figure]).toArray();
        }
    }

    /** Refuses a pair of which what stands before the second sentence leaves it no room. */
    void check() {
        for (int row = 0; row < examples.size(); row++) {
            if (given(row) >= config.maxLength()) {
                throw new DataException(recipe.data().train() + ": row " + (row + 1) + " has " + given(row)
                        + " tokens before its second sentence, and fewgen.tune.max_length is " + config.maxLength()
                        + "; give a smaller fewgen.tune.first_limit, or more");
            }
        }
    }

    /** Tunes, or continues it; whether it came to its end. */
    boolean run(Path directory, BooleanSupplier stops, Ledger ledger) throws IOException {
        PrefixGenerator generator = opened.generator();
        int each = (examples.size() + config.batchSize() - 1) / config.batchSize();
        long steps = (long) each * config.epochs();
        Path part = directory.resolve(PART);
        try (var scope = Scope.open()) {
            WeightNet net =
                    WeightNet.create(config.weightNetWidth(), seed.child("net").generator());
            try (var training = new GeneratorTraining(generator, net, config.settings(steps))) {
                double[] curve = new double[Math.toIntExact(FIGURES * (long) config.epochs())];
                int epoch = 0;
                if (Files.exists(part)) {
                    Map<String, Tensor> saved = Checkpoint.read(part).tensors();
                    training.restore(saved);
                    double[] before = Tensors.toDoubles(Remembering.required(saved, CURVE));
                    System.arraycopy(before, 0, curve, 0, before.length);
                    epoch = before.length / FIGURES;
                }
                progress.begin("tuning prefixes", "steps", steps);
                progress.advance(training.taken());
                for (; epoch < config.epochs(); epoch++) {
                    double[] figures = pass(training, epoch, each);
                    System.arraycopy(figures, 0, curve, FIGURES * epoch, FIGURES);
                    double[] sofar = Arrays.copyOf(curve, FIGURES * (epoch + 1));
                    save(training, sofar, part);
                    if (stops.getAsBoolean() && epoch + 1 < config.epochs()) {
                        return false;
                    }
                }
                progress.end();
                if (training.metaSkipped() > 0) {
                    progress.say(training.metaSkipped()
                            + " steps left the weights of tokens as they were: their gradients were not finite");
                }
                write(directory.resolve(FILE), curve, ledger);
            }
        }
        Files.deleteIfExists(part);
        return true;
    }

    private double[] pass(GeneratorTraining training, int epoch, int each) {
        int[] order = seed.child("order").child(epoch).permutation(examples.size());
        double loss = 0;
        double disc = 0;
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        int taken = 0;
        for (int step = 0; step < each; step++) {
            int from = step * config.batchSize();
            int[] rows = Arrays.copyOfRange(order, from, Math.min(order.length, from + config.batchSize()));
            try (var scope = Scope.open()) {
                Pass pass = Pass.training(
                        seed.child("dropout").child(training.taken()).generator());
                var found = training.step(batch(rows), pass);
                progress.advance(1);
                if (found.isEmpty()) {
                    continue; // nothing but what is given: told below
                }
                taken++;
                loss += found.get().loss().item_double();
                OptionalDouble meta = found.get().metaLoss();
                disc += meta.isPresent()
                        ? meta.getAsDouble()
                        : found.get().terms().disc().mean().item_double();
                Tensor weights = Tensors.times(
                        found.get().weights(), found.get().weights().size(0));
                least = Math.min(least, weights.min().item_double());
                most = Math.max(most, weights.max().item_double());
            }
        }
        if (taken == 0) {
            throw new DataException(recipe.data().train()
                    + ": no example has a token that is learnt: within fewgen.tune.max_length a text needs two");
        }
        if (taken < each) {
            progress.say((each - taken) + " of " + each + " batches had no token to learn and were skipped");
        }
        return new double[] {loss / taken, disc / taken, least, most};
    }

    private static void save(GeneratorTraining training, double[] curve, Path part) {
        try (var scope = Scope.open()) {
            var all = new LinkedHashMap<>(training.state());
            all.put(CURVE, Tensors.doubles(curve));
            new Checkpoint(Configs.JSON.createObjectNode(), training.taken(), all).write(part);
        }
    }

    /** The examples of a step as rows of one length. */
    private TuningBatch batch(int... rows) {
        long[][] ids = new long[rows.length][];
        int[] given = new int[rows.length];
        int width = 0;
        for (int i = 0; i < rows.length; i++) {
            given[i] = given(rows[i]);
            ids[i] = ids(rows[i], given[i]);
            width = Math.max(width, ids[i].length);
        }
        long end = opened.generator().tokens().end();
        long[] tokens = new long[rows.length * width];
        long[] targets = new long[tokens.length];
        long[] mask = new long[tokens.length];
        long[] infix = new long[tokens.length];
        Arrays.fill(tokens, end);
        Arrays.fill(targets, CrossEntropy.IGNORED);
        for (int i = 0; i < rows.length; i++) {
            int row = i * width;
            System.arraycopy(ids[i], 0, tokens, row, ids[i].length);
            Arrays.fill(mask, row, row + ids[i].length, 1);
            System.arraycopy(ids[i], given[i], targets, row + given[i], ids[i].length - given[i]);
            Arrays.fill(infix, row + given[i] - opened.infix().length, row + given[i], 1);
        }
        boolean hasInfix = opened.generator().infix().length > 0;
        long[] classes = Arrays.stream(rows).mapToLong(examples.labels()::get).toArray();
        return new TuningBatch(
                Tensors.longs(tokens, rows.length, width),
                Tensors.longs(targets, rows.length, width),
                Tensors.longs(classes),
                Tensors.longs(mask, rows.length, width),
                hasInfix ? Tensors.longs(infix, rows.length, width) : null);
    }

    /** How many tokens of a row are given and not learnt: a first sentence and what stands between. */
    private int given(int row) {
        return recipe.data().arePairs() ? Math.min(first.length(row), config.firstLimit()) + opened.infix().length : 0;
    }

    private long[] ids(int row, int given) {
        long[] rest = second.ids(row);
        long[] all = new long[given + rest.length + 1];
        if (given > 0) {
            int before = given - opened.infix().length;
            System.arraycopy(first.ids(row), 0, all, 0, before);
            System.arraycopy(opened.infix(), 0, all, before, opened.infix().length);
        }
        System.arraycopy(rest, 0, all, given, rest.length);
        all[all.length - 1] = opened.generator().tokens().end();
        return all.length <= config.maxLength() ? all : Arrays.copyOf(all, config.maxLength());
    }

    private void write(Path file, double[] curve, Ledger ledger) {
        PrefixGenerator generator = opened.generator();
        ObjectNode told = Configs.JSON.createObjectNode();
        told.put(
                "default_mode",
                !recipe.data().arePairs()
                        ? "prefix"
                        : generator.infix().length > 0 ? "prefix-infix" : "prefix-infix-no-prompt");
        told.set("label_list", Configs.JSON.valueToTree(recipe.names()));
        told.put("meta_weight", config.metaWeight());
        told.put(
                "prefix_len",
                generator.lengths().stream().mapToLong(n -> n).max().orElse(0)
                        - generator.control().size(4));
        told.put("control_code_len", generator.control().size(4));
        told.put("infix_len", generator.infix().length);
        told.set("lengths", Configs.JSON.valueToTree(generator.lengths()));
        told.set(CURVE, Configs.JSON.valueToTree(curve));
        var remarks = new LinkedHashMap<>(ledger.metadata());
        remarks.put(KEY, told.toString());
        try (var scope = Scope.open()) {
            WeightsWriter.write(file, generator.tensors(), remarks);
        }
    }

    /** Takes up tuned prefixes. */
    static Curve restore(Path file, PrefixGenerator generator, List<String> labels) {
        try (var scope = Scope.open();
                SafetensorsFile source = SafetensorsFile.open(file)) {
            String text = source.metadata().get(KEY);
            if (text == null) {
                throw new DataException(
                        file + ": holds no prefixes that cw generate tuned; tune them with --from tune");
            }
            ObjectNode told = Configs.json(text, file.toString());
            if (!told.path("label_list").equals(Configs.JSON.valueToTree(labels))) {
                throw new DataException(file + ": was tuned for the labels " + told.path("label_list") + ", not "
                        + labels + "; tune anew with --from tune");
            }
            generator.restore(source.all());
            return Curve.of(Configs.JSON.treeToValue(told.path(CURVE), double[].class));
        } catch (IllegalArgumentException e) {
            throw new DataException(file + ": " + e.getMessage() + "; tune anew with --from tune", e);
        } catch (UncheckedIOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
