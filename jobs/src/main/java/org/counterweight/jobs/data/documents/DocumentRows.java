package org.counterweight.jobs.data.documents;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.RowValues;
import org.counterweight.data.Split;
import org.counterweight.data.text.Documents;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.data.text.TextSet;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenizedTexts;
import org.counterweight.data.text.vocabulary.Vocabulary;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.data.Truncation;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.jobs.recipe.data.TextData;
import org.counterweight.train.objective.Masking;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The texts of a language model: to learn from, to choose by, to judge by. What is held out is held out document by document.
 *
 * @param domains the names of the groups that documents are of, by their number; empty where all are of one kind
 * @param files that they were read from, for the ledger
 */
public record DocumentRows(Part train, Part dev, Part test, List<String> domains, List<Path> files) {
    private static final List<String> ENDS = List.of("<|endoftext|>", "</s>", "<|end_of_text|>", "<|eot_id|>", "[SEP]");

    /**
     * Some of the texts.
     *
     * @param values what the file says about each
     */
    record Part(List<String> texts, RowValues values) {
        Part select(int... places) {
            return new Part(chosen(texts, places), values.select(places));
        }

        /** The texts of each domain, in its order; all of them under no name where there are no domains. */
        Map<String, List<String>> byDomain(List<String> domains) {
            Map<String, List<String>> all = new LinkedHashMap<>();
            long[] groups = values.indices().get(ColumnsSection.GROUP);
            if (groups == null) {
                all.put("", texts);
                return all;
            }
            domains.forEach(name -> all.put(name, new ArrayList<>()));
            for (int i = 0; i < groups.length; i++) {
                Objects.requireNonNull(all.get(domains.get((int) groups[i]))).add(texts.get(i));
            }
            return all;
        }
    }

    /**
     * Reads them.
     *
     * @param groups how many the weigher knows
     * @param byDomain whether texts of different groups are told apart
     */
    public static DocumentRows read(
            TextData data, int groups, boolean byDomain, Fetcher fetcher, Consumer<String> remarks, Seed seed) {
        var files = new ArrayList<Path>();
        if (data.name() != null) {
            Path directory = Sources.documents(data.name(), fetcher);
            if (Files.exists(directory.resolve("documents.jsonl"))) {
                files.add(directory.resolve("documents.jsonl"));
                return split(plain(Documents.read(directory)), null, null, List.of(), files, data, seed);
            }
            files.add(directory.resolve("train.jsonl"));
            TextSet set = TextSet.read(directory);
            Part test = set.test() == null ? null : plain(set.test().texts());
            return split(plain(set.train().texts()), null, test, List.of(), files, data, seed);
        }
        var reader = new DocumentFiles(data, groups, byDomain, remarks);
        DocumentFiles.Read train = reader.read(String.valueOf(data.train()));
        files.addAll(reader.files(String.valueOf(data.train())));
        Part dev = null;
        Part test = null;
        if (data.dev() != null) {
            files.addAll(reader.files(data.dev()));
            dev = reader.held(data.dev(), train.domains());
        }
        if (data.test() != null) {
            files.addAll(reader.files(data.test()));
            test = reader.held(data.test(), train.domains());
        }
        return split(train.part(), dev, test, train.domains(), files, data, seed);
    }

    private static Part plain(List<String> texts) {
        return new Part(texts, RowValues.NONE);
    }

    /** Holds out what there is no file for. */
    private static DocumentRows split(
            Part all,
            @Nullable Part givenDev,
            @Nullable Part givenTest,
            List<String> domains,
            List<Path> files,
            TextData data,
            Seed seed) {
        Part train = all;
        Part dev = givenDev;
        Part test = givenTest;
        double devShare = data.devShare();
        if (test == null) {
            boolean[] held =
                    LanguageModelling.heldOut(train.texts().size(), data.testShare(), seed.child("test split"));
            test = train.select(places(held, true));
            train = train.select(places(held, false));
            devShare /= 1 - data.testShare();
        }
        if (dev == null) {
            boolean[] held = LanguageModelling.heldOut(train.texts().size(), devShare, seed.child("dev split"));
            dev = train.select(places(held, true));
            train = train.select(places(held, false));
        }
        return new DocumentRows(train, dev, test, domains, files);
    }

    /**
     * Refuses a file to learn from with rows that cannot be used, or whose columns do not fit the weigher.
     *
     * @param groups how many the weigher knows
     * @param byDomain whether texts of different groups are told apart
     */
    public static void check(TextData data, int groups, boolean byDomain) {
        new DocumentFiles(data, groups, byDomain, remark -> {}).read(String.valueOf(data.train()));
    }

    private static int[] places(boolean[] held, boolean which) {
        return IntStream.range(0, held.length).filter(i -> held[i] == which).toArray();
    }

    private static List<String> chosen(List<String> texts, int... places) {
        return Arrays.stream(places).mapToObj(texts::get).toList();
    }

    /** The texts of each domain one after the other, cut into rows of one length. */
    public Prepared joined(Path model, TextData data, Seed seed, Consumer<String> remarks) {
        try (ModelDirectory files = ModelDirectory.withoutWeights(model);
                TextTokenizer tokenizer = TextTokenizer.open(model, TextTokenizer.UNLIMITED)) {
            var tokens = new DocumentTokens(
                    tokenizer, end(files, tokenizer), data.shards() == null ? null : Path.of(data.shards()), remarks);
            return rows(
                    (name, part) -> LanguageModelling.of(
                            tokens.of(name, part.byDomain(domains)), data.maxLength(), data.documentMasks()),
                    data,
                    seed);
        }
    }

    /** Each text a row, with words hidden; says how many were cut. */
    public Prepared masked(Path model, TextData data, Seed seed, ProgressLine progress) {
        try (ModelDirectory files = ModelDirectory.withoutWeights(model);
                TextTokenizer tokenizer = TextTokenizer.open(model, data.maxLength())) {
            Vocabulary.Token mask = tokenizer.mask();
            if (mask == null) {
                throw new DataException(model
                        + ": the tokenizer has no [MASK] or <mask>, which task: masked_lm puts in place of words");
            }
            Set<Long> spared = new HashSet<>();
            for (String special : List.of("[CLS]", "[SEP]", "[PAD]", "<s>", "</s>", "<pad>")) {
                tokenizer.special(special).ifPresent(id -> spared.add((long) id));
            }
            var masking = new Masking(
                    data.maskShare(),
                    mask.id(),
                    files.config().path("vocab_size").asInt(),
                    spared,
                    seed.child("masks"));
            var cuts = new ArrayList<Truncation>();
            BiFunction<String, Part, Dataset> tokenized = (name, part) -> {
                var rows = TokenizedTexts.of(part.texts(), tokenizer);
                cuts.add(Truncation.of(rows.tokens(), data.maxLength()));
                return part.values().beside(rows);
            };
            Prepared rows = rows(tokenized, data, seed);
            cuts.stream()
                    .reduce(Truncation::and)
                    .ifPresent(cut -> cut.tell("a greater data.max_length reads more", progress::say));
            return Prepared.ofTexts(rows.split(), List.of(), rows.files(), masking::over, List.of());
        }
    }

    private Prepared rows(BiFunction<String, Part, Dataset> tokenized, TextData data, Seed seed) {
        return Prepared.ofTexts(
                new Split<>(
                        part("learn from", tokenized.apply("train", train), data.rows(), data, seed.child("train")),
                        part("choose by", tokenized.apply("dev", dev), data.evalRows(), data, seed.child("dev")),
                        part("judge by", tokenized.apply("test", test), data.evalRows(), data, seed.child("test"))),
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
