package org.counterweight.data.text.tag;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableFiles;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A file of sentences whose words have tags, or several as {@link TableFiles} names them: JSON with a list of words and one of
 * tags a row, or lines as CoNLL's shared tasks have them ({@link ConllLines}).
 *
 * @param words key of the words, or the number of their column in lines, from 1 on; null for the usual
 * @param tags of the tags, likewise
 * @param names of tags that are numbers; empty where they are written out
 */
public record SentenceFile(
        Path path, @Nullable String words, @Nullable String tags, List<String> names) {
    private static final List<String> JSON =
            List.of(".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz");
    private static final List<String> WORDS = List.of("tokens", "words");
    private static final List<String> TAGS = List.of("tags", "ner_tags", "labels");

    public SentenceFile {
        names = List.copyOf(names);
        if (Files.isDirectory(path)) {
            throw new DataException(path + ": is a directory; give a file");
        }
        if (TableFiles.of(path).stream().anyMatch(SentenceFile::isTable)) {
            throw new DataException(
                    path + ": sentences with tags are read of JSON lines, a list of words and one of tags in"
                            + " each, or of lines with a word and its tag; write it as one of these");
        }
    }

    private static boolean isTable(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return Stream.of(".csv", ".parquet", ".duckdb", ".db").anyMatch(name::endsWith);
    }

    /**
     * Reads all sentences.
     *
     * @param remarks takes what was found of the file's form, a line each
     * @throws DataException if it has none, or one has other numbers of words and tags
     */
    public TaggedSentences read(Consumer<String> remarks) {
        boolean isJson = JSON.stream().anyMatch(path.toString().toLowerCase(Locale.ROOT)::endsWith);
        TaggedSentences read = isJson ? lists(remarks) : lines();
        return names.isEmpty() ? requireNames(read) : named(read);
    }

    private TaggedSentences lines() {
        var parts = new ArrayList<TaggedSentences>();
        for (Path file : TableFiles.of(path)) {
            try {
                parts.add(new ConllLines(file, column("data.words", words), column("data.tags", tags)).read());
            } catch (IOException e) {
                throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
            }
        }
        return TaggedSentences.joined(parts);
    }

    /** From 0 on; null for the usual. */
    private static @Nullable Integer column(String field, @Nullable String number) {
        if (number == null) {
            return null;
        }
        if (!number.matches("[1-9]\\d{0,3}")) {
            throw new ConfigException(field, number, "the number of a column of lines, from 1 on; keys are of JSON");
        }
        return Integer.parseInt(number) - 1;
    }

    private TaggedSentences lists(Consumer<String> remarks) {
        Table table = Table.open(path, TableFormat.FIND_OUT, List.of());
        String ofWords = key(table, "data.words", words, WORDS);
        String ofTags = key(table, "data.tags", tags, TAGS);
        var said = new ArrayList<String>();
        TableRows rows = table.read(List.of(Wanted.list(ofWords), Wanted.list(ofTags)), said);
        said.forEach(remarks);
        return new TaggedSentences(
                lists(rows, ofWords),
                lists(rows, ofTags),
                row -> path + ": " + rows.places().get(row));
    }

    private String key(Table table, String field, @Nullable String given, List<String> usual) {
        if (given != null) {
            table.check(given);
            return given;
        }
        List<String> there = table.columns().stream().map(Column::name).toList();
        return usual.stream()
                .filter(there::contains)
                .findFirst()
                .orElseThrow(() -> new DataException(path + ": has none of " + String.join(", ", usual) + " but "
                        + String.join(", ", there) + "; say which with " + field));
    }

    private List<List<String>> lists(TableRows rows, String key) {
        var lists = new ArrayList<List<String>>();
        List<String> written = rows.texts(key);
        for (int row = 0; row < written.size(); row++) {
            JsonNode list = json(written.get(row));
            if (list == null || !list.isArray() || list.valueStream().anyMatch(JsonNode::isContainer)) {
                throw new DataException(path + ": " + rows.places().get(row) + ": " + key
                        + " is no list of words, as [\"EU\", \"rejects\"] is");
            }
            lists.add(list.valueStream().map(JsonNode::asString).toList());
        }
        return lists;
    }

    private static @Nullable JsonNode json(String text) {
        try {
            return Configs.JSON.readTree(text);
        } catch (JacksonException e) {
            return null;
        }
    }

    private TaggedSentences named(TaggedSentences read) {
        List<List<String>> told = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            told.add(read.tags().get(i).stream().map(this::name).toList());
        }
        return new TaggedSentences(read.words(), told, read.place()).requireTags(names);
    }

    private String name(String tag) {
        boolean isNumber = tag.matches("\\d{1,6}") && !names.contains(tag);
        return isNumber && Integer.parseInt(tag) < names.size() ? names.get(Integer.parseInt(tag)) : tag;
    }

    /** Where entities begin, numbers do not say. */
    private TaggedSentences requireNames(TaggedSentences read) {
        if (read.names().stream().allMatch(tag -> tag.matches("\\d+"))) {
            throw new DataException(
                    path + ": tags are numbers; say their names in order, as" + " data.tag_names: [O, B-PER, I-PER]");
        }
        return read;
    }
}
