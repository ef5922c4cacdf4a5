package org.counterweight.jobs.tokenizer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.counterweight.config.Configs;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.bpe.BpeTraining;
import org.counterweight.data.text.bpe.BpeVocabulary;
import org.counterweight.datasets.Fetcher;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.weights.Staged;
import tools.jackson.databind.node.ObjectNode;

/**
 * Learns a vocabulary of byte pairs from texts, and writes it as {@code tokenizer.json}, for a model that starts from random weights.
 *
 * @param inputs files (.txt, CSV, JSONL, Parquet), or names of corpora in the catalogue
 * @param column of the texts in tables
 * @param vocabulary how many tokens, special ones and all bytes among them
 * @param leastFrequent pairs that occur less often are not merged
 * @param end the token that ends a text
 * @param specials further tokens that stand for themselves
 */
public record TokenizerJob(
        List<String> inputs,
        String column,
        int vocabulary,
        int leastFrequent,
        String end,
        List<String> specials,
        Fetcher fetcher,
        ProgressLine progress) {
    private static final int JUDGED = 2000;

    public TokenizerJob {
        inputs = List.copyOf(inputs);
        specials = List.copyOf(specials);
        training(vocabulary, leastFrequent, end, specials); // refuses what cannot be
    }

    /**
     * What was learnt.
     *
     * @param bytes read
     * @param tokens in the vocabulary; fewer than asked for where no pair is frequent enough
     * @param bytesPerToken of the first texts
     */
    public record Learnt(long bytes, int tokens, double bytesPerToken) {}

    private static BpeTraining training(int vocabulary, int leastFrequent, String end, List<String> specials) {
        var all = new ArrayList<>(List.of(end));
        all.addAll(specials);
        return new BpeTraining(vocabulary, leastFrequent, all);
    }

    /** The files that are read; corpora of the catalogue are not among them. */
    public List<Path> files() {
        return inputs.stream().map(Path::of).filter(Files::exists).toList();
    }

    /** Refuses inputs that are neither files nor corpora, and tables without the column. */
    public void check() {
        for (String input : inputs) {
            Path file = Path.of(input);
            if (Files.exists(file)) {
                new TextFile(file).check(List.of(column));
            } else {
                Sources.checkCorpus(input);
            }
        }
    }

    /** Learns, and writes the directory, whole or not at all. */
    public Learnt write(Path output) {
        BpeTraining training = training(vocabulary, leastFrequent, end, specials);
        List<String> first = new ArrayList<>();
        for (String input : inputs) {
            progress.say("reading " + input);
            for (String text : texts(input)) {
                training.read(text);
                if (first.size() < JUDGED) {
                    first.add(text);
                }
            }
        }
        progress.say(String.format(Locale.ROOT, "%,d bytes read; merging pairs", training.bytes()));
        BpeVocabulary learnt = training.learn();
        try (Staged staged = Staged.output(output)) {
            Path file = staged.path().resolve("tokenizer.json");
            Files.writeString(file, learnt.tokenizer().toPrettyString() + "\n");
            Files.writeString(staged.path().resolve("tokenizer_config.json"), config().toPrettyString() + "\n");
            double bytesPerToken = bytesPerToken(file, first);
            staged.commit();
            return new Learnt(training.bytes(), learnt.tokens().size(), bytesPerToken);
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private List<String> texts(String input) {
        Path file = Path.of(input);
        return Files.exists(file) ? new TextFile(file).column(column, progress::say) : Sources.corpus(input, fetcher);
    }

    private ObjectNode config() {
        ObjectNode config = Configs.JSON.createObjectNode();
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        config.put("bos_token", end).put("eos_token", end).put("pad_token", end);
        return config.put("clean_up_tokenization_spaces", false);
    }

    private static double bytesPerToken(Path file, List<String> texts) {
        try (TextTokenizer tokenizer = TextTokenizer.open(file, TextTokenizer.UNLIMITED)) {
            long bytes = texts.stream()
                    .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
                    .sum();
            return (double) bytes / Math.max(1, tokenizer.encode(texts, false).tokens());
        }
    }
}
