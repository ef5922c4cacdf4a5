package org.counterweight.jobs.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.RowValues;
import org.counterweight.data.Split;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.Documents;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.data.text.TextSet;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenizedTexts;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.recipe.data.TextData;
import org.counterweight.train.objective.Masking;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The texts of a language model: to learn from, to choose by, to judge by. What is held out is held out document by document.
 *
 * @param values what the file says of each of {@code train}
 * @param files that they were read from, for the ledger
 */
public record DocumentRows(
        List<String> train, RowValues values, List<String> dev, List<String> test, List<Path> files) {
    private static final List<String> ENDS = List.of("<|endoftext|>", "</s>", "<|end_of_text|>", "<|eot_id|>", "[SEP]");

    public static DocumentRows read(TextData data, int groups, Fetcher fetcher, Consumer<String> remarks, Seed seed) {
        var files = new ArrayList<Path>();
        List<String> train;
        RowValues values = RowValues.NONE;
        List<String> test = List.of();
        List<String> dev = List.of();
        if (data.name() != null) {
            Path directory = Sources.documents(data.name(), fetcher);
            if (Files.exists(directory.resolve("documents.jsonl"))) {
                files.add(directory.resolve("documents.jsonl"));
                train = Documents.read(directory);
            } else {
                files.add(directory.resolve("train.jsonl"));
                TextSet set = TextSet.read(directory);
                train = set.train().texts();
                test = set.test() == null ? List.of() : set.test().texts();
            }
        } else {
            Path path = Path.of(String.valueOf(data.train()));
            files.add(path);
            var columns = new ValueColumns(data.columns(), groups);
            TableRows rows =
                    new TextFile(path, data.format()).read(columns.with(List.of(Wanted.text(data.text()))), remarks);
            train = rows.texts(data.text());
            values = columns.of(path, rows, remarks);
            dev = data.dev() == null ? List.of() : file(data.dev(), data, remarks, files);
            test = data.test() == null ? List.of() : file(data.test(), data, remarks, files);
        }
        double devShare = data.devShare();
        if (test.isEmpty()) {
            boolean[] held = LanguageModelling.heldOut(train.size(), data.testShare(), seed.child("test split"));
            test = chosen(train, places(held, true));
            values = values.select(places(held, false));
            train = chosen(train, places(held, false));
            devShare /= 1 - data.testShare();
        }
        if (dev.isEmpty()) {
            boolean[] held = LanguageModelling.heldOut(train.size(), devShare, seed.child("dev split"));
            dev = chosen(train, places(held, true));
            values = values.select(places(held, false));
            train = chosen(train, places(held, false));
        }
        return new DocumentRows(train, values, dev, test, files);
    }

    /**
     * Refuses a file to learn from with rows that cannot be used, or whose columns do not fit the weigher.
     *
     * @param groups how many the weigher knows
     */
    public static void check(TextData data, int groups) {
        Path path = Path.of(String.valueOf(data.train()));
        var columns = new ValueColumns(data.columns(), groups);
        TableRows rows =
                new TextFile(path, data.format()).read(columns.with(List.of(Wanted.text(data.text()))), remark -> {});
        columns.of(path, rows, remark -> {});
    }

    private static int[] places(boolean[] held, boolean which) {
        return IntStream.range(0, held.length).filter(i -> held[i] == which).toArray();
    }

    private static List<String> chosen(List<String> texts, int... places) {
        return Arrays.stream(places).mapToObj(texts::get).toList();
    }

    private static List<String> file(String name, TextData data, Consumer<String> remarks, List<Path> files) {
        files.add(Path.of(name));
        return new TextFile(Path.of(name), data.format()).column(data.text(), remarks);
    }

    /** All texts one after the other, cut into rows of one length. */
    public Prepared joined(Path model, TextData data, Seed seed) {
        try (ModelDirectory files = ModelDirectory.withoutWeights(model);
                TextTokenizer tokenizer = TextTokenizer.open(model, TextTokenizer.UNLIMITED)) {
            int end = end(files, tokenizer);
            return rows(texts -> LanguageModelling.tokens(texts, tokenizer, end, data.maxLength()), data, seed);
        }
    }

    /** Each text a row, with words hidden; says how many were cut. */
    public Prepared masked(Path model, TextData data, Seed seed, ProgressLine progress) {
        try (ModelDirectory files = ModelDirectory.withoutWeights(model);
                TextTokenizer tokenizer = TextTokenizer.open(model, data.maxLength())) {
            OptionalInt mask = tokenizer.special("[MASK]");
            if (mask.isEmpty()) {
                throw new DataException(
                        model + ": the tokenizer has no [MASK], which task: masked_lm puts in place" + " of words");
            }
            Set<Long> spared = new HashSet<>();
            for (String special : List.of("[CLS]", "[SEP]", "[PAD]")) {
                tokenizer.special(special).ifPresent(id -> spared.add((long) id));
            }
            var masking = new Masking(
                    data.maskShare(),
                    mask.getAsInt(),
                    files.config().path("vocab_size").asInt(),
                    spared,
                    seed.child("masks"));
            var cuts = new ArrayList<Cut>();
            Function<List<String>, Dataset> tokenized = texts -> {
                var part = TokenizedTexts.of(texts, tokenizer);
                cuts.add(Cut.of(part.tokens(), data.maxLength()));
                return part;
            };
            Prepared rows = rows(tokenized, data, seed);
            cuts.stream()
                    .reduce(Cut::and)
                    .ifPresent(cut -> cut.tell("a greater data.max_length reads more", progress::say));
            return Prepared.ofTexts(rows.split(), List.of(), rows.files(), masking::over, List.of());
        }
    }

    private Prepared rows(Function<List<String>, Dataset> tokenized, TextData data, Seed seed) {
        return Prepared.ofTexts(
                new Split<>(
                        part(
                                "learn from",
                                values.beside(tokenized.apply(train)),
                                data.rows(),
                                data,
                                seed.child("train")),
                        part("choose by", tokenized.apply(dev), data.evalRows(), data, seed.child("dev")),
                        part("judge by", tokenized.apply(test), data.evalRows(), data, seed.child("test"))),
                List.of(),
                files,
                source -> source,
                List.of());
    }

    private static Dataset part(String purpose, Dataset rows, @Nullable Integer most, TextData data, Seed seed) {
        if (rows.size() == 0) {
            throw new DataException("data: the texts to " + purpose + " are too short for one row of data.max_length: "
                    + data.maxLength() + " tokens; take a smaller one, or more texts");
        }
        if (most == null || most >= rows.size()) {
            return rows;
        }
        int[] chosen = Arrays.copyOf(seed.permutation(rows.size()), most);
        Arrays.sort(chosen);
        return rows.select(chosen);
    }

    /** The token that ends a document: the model's own, or the tokenizer's usual one. */
    private static int end(ModelDirectory files, TextTokenizer tokenizer) {
        JsonNode stated = files.config().path("eos_token_id");
        if (stated.isIntegralNumber()) {
            return stated.asInt();
        }
        if (stated.isArray() && !stated.isEmpty()) {
            return stated.get(0).asInt();
        }
        for (String name : ENDS) {
            OptionalInt id = tokenizer.special(name);
            if (id.isPresent()) {
                return id.getAsInt();
            }
        }
        throw new DataException(files.path() + ": neither config.json (eos_token_id) nor the tokenizer says which token"
                + " ends a text");
    }
}
