package org.counterweight.jobs.data.sentences;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.Split;
import org.counterweight.data.table.TableFiles;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.tag.SentenceFile;
import org.counterweight.data.text.tag.TagScheme;
import org.counterweight.data.text.tag.TaggedSentences;
import org.counterweight.data.text.tag.TaggedTokens;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.Truncation;
import org.counterweight.jobs.data.columns.RowPlaces;
import org.counterweight.jobs.recipe.data.TokenData;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The sentences of a run whose words have tags. */
public record SentenceRows(TokenData data) {
    /** What a sentence's words and its true tags are called in predictions.jsonl. */
    public static final String WORDS = "words";

    public static final String TAGS = "labels";

    /**
     * Refuses files that cannot be used, before there is a tokenizer.
     *
     * @throws DataException with the file and the place
     */
    public void check() {
        TaggedSentences train = file(data.train()).read(line -> {});
        requireTags(train);
        for (String other : new String[] {data.dev(), data.test()}) {
            if (other != null) {
                file(other).read(line -> {}).requireTags(train.names());
            }
        }
    }

    private SentenceFile file(String name) {
        return new SentenceFile(Path.of(name), data.words(), data.tags(), data.tagNames());
    }

    private void requireTags(TaggedSentences train) {
        if (train.names().size() < 2) {
            throw new DataException(data.train() + ": every word has the tag \""
                    + train.names().get(0) + "\", so that there is nothing to learn; name another column in data.tags");
        }
    }

    /**
     * Reads them all.
     *
     * @param remarks takes what was found of the files, and how many sentences were cut, a line each
     */
    public Prepared read(TextTokenizer tokenizer, Consumer<String> remarks, Seed seed) {
        TaggedSentences train = file(data.train()).read(remarks);
        requireTags(train);
        List<String> names = train.names();
        var files = new ArrayList<>(TableFiles.of(Path.of(data.train())));
        TaggedSentences dev = held(data.dev(), names, files, remarks);
        TaggedSentences test = held(data.test(), names, files, remarks);
        var cuts = new ArrayList<Truncation>();
        Dataset choosing = dev == null ? null : tokens(dev, names, tokenizer, cuts);
        Dataset judging = test == null ? null : tokens(test, names, tokenizer, cuts);
        Dataset learnt = tokens(train, names, tokenizer, cuts);
        cuts.stream()
                .reduce(Truncation::and)
                .ifPresent(cut -> cut.tell("a greater data.max_length reads more", remarks));
        tell(train, remarks);
        Split<Dataset> parts = Prepared.parts(learnt, choosing, judging, data, seed);
        var places = new RowPlaces(lines(train), lines(test == null ? train : test));
        return Prepared.ofTexts(parts, names, files, source -> source, places.begun(parts.test(), test != null));
    }

    private @Nullable TaggedSentences held(
            @Nullable String name, List<String> names, List<Path> files, Consumer<String> remarks) {
        if (name == null) {
            return null;
        }
        files.addAll(TableFiles.of(Path.of(name)));
        return file(name).read(remarks).requireTags(names);
    }

    private static Dataset tokens(
            TaggedSentences sentences, List<String> names, TextTokenizer tokenizer, List<Truncation> cuts) {
        TaggedTokens tokens = TaggedTokens.of(sentences, names, tokenizer);
        cuts.add(Truncation.of(tokens.words().tokens(), tokenizer.maxLength()));
        return RowPlaces.beside(tokens);
    }

    /** Objects with a sentence's number, its text, and its words with their tags. */
    private static IntFunction<ObjectNode> lines(TaggedSentences sentences) {
        List<String> texts =
                sentences.words().stream().map(words -> String.join(" ", words)).toList();
        IntFunction<ObjectNode> numbered = RowPlaces.lines(List.of(), texts);
        return place -> {
            ObjectNode line = numbered.apply(place);
            sentences.words().get(place).forEach(line.putArray(WORDS)::add);
            sentences.tags().get(place).forEach(line.putArray(TAGS)::add);
            return line;
        };
    }

    private static void tell(TaggedSentences train, Consumer<String> remarks) {
        TagScheme scheme = TagScheme.of(train.names());
        long words = train.words().stream().mapToLong(List::size).sum();
        long entities = train.tags().stream()
                .mapToLong(tags -> scheme.spans(tags).size())
                .sum();
        remarks.accept(
                scheme.marked()
                        ? String.format(Locale.ROOT, "%,d entities in %,d words", entities, words)
                        : String.format(
                                Locale.ROOT,
                                "no tag says where an entity begins (B-, I-), so each of %,d words counts by itself",
                                words));
    }
}
