package org.counterweight.jobs.predict.written;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.counterweight.config.Configs;
import org.counterweight.data.table.write.ColumnType;
import org.counterweight.data.table.write.CsvWriter;
import org.counterweight.data.table.write.ParquetFile;
import org.counterweight.jobs.TemporaryDirectory;
import org.counterweight.weights.Staged;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers that are written as they come: lines of JSON at once, tables when all are there, since only then their columns are
 * known. Until then these lie on the disk, so that any number takes little memory. A file is there whole or not at all.
 */
public final class AnswerFile implements AutoCloseable {
    private static final String LINES = "answers.jsonl";

    private final AnswerForm form;
    private final String name;
    private final @Nullable Staged staged;
    private final TemporaryDirectory aside;
    private final Writer out;
    private final BufferedWriter lines;
    private final Set<String> names = new LinkedHashSet<>();
    private final Map<String, ColumnType> types = new HashMap<>();

    private AnswerFile(AnswerForm form, @Nullable Path file, Writer shown) {
        this.form = form;
        this.name = file == null ? "standard output" : file.toString();
        this.aside = TemporaryDirectory.create("cw-answers");
        try {
            this.staged = file == null ? null : Staged.file(file);
            this.out = staged == null || form == AnswerForm.PARQUET ? shown : Files.newBufferedWriter(staged.path());
            this.lines = Files.newBufferedWriter(aside.path().resolve(LINES));
        } catch (IOException e) {
            aside.close();
            throw unwritten(name, e);
        }
    }

    private static UncheckedIOException unwritten(Object what, IOException e) {
        return new UncheckedIOException(what + ": cannot be written: " + e.getMessage(), e);
    }

    /** Into a file. */
    public static AnswerFile to(Path file, AnswerForm form) {
        return new AnswerFile(form, file, Writer.nullWriter());
    }

    /** To where they are read at once; lines of JSON are handed over as they come. */
    public static AnswerFile to(Writer shown, AnswerForm form) {
        return new AnswerFile(form, null, shown);
    }

    /** Takes some more. */
    public void add(List<ObjectNode> answers) {
        try {
            for (ObjectNode answer : answers) {
                if (form == AnswerForm.JSONL) {
                    out.write(answer + System.lineSeparator());
                } else {
                    FlatAnswer flat = FlatAnswer.of(answer);
                    names.addAll(flat.cells().keySet());
                    flat.types().forEach((name, type) -> types.merge(name, type, ColumnType::and));
                    keep(answer);
                }
            }
            if (staged == null) {
                out.flush();
            }
        } catch (IOException e) {
            throw unwritten(name, e);
        }
    }

    private void keep(ObjectNode answer) {
        try {
            lines.write(answer + "\n");
        } catch (IOException e) {
            throw unwritten(aside.path().resolve(LINES), e);
        }
    }

    /** Ends the file: it is there when this returns. */
    public void commit() {
        closeLines();
        try {
            if (form == AnswerForm.CSV) {
                writeTable(out);
            } else if (form == AnswerForm.PARQUET) {
                Path csv = aside.path().resolve("answers.csv");
                try (Writer table = Files.newBufferedWriter(csv)) {
                    writeTable(table);
                }
                var columns = new LinkedHashMap<String, ColumnType>();
                names.forEach(name -> columns.put(name, types.getOrDefault(name, ColumnType.TEXT)));
                ParquetFile.of(csv, Objects.requireNonNull(staged).path(), columns);
            }
            if (staged == null) {
                out.flush();
            } else {
                out.close();
                staged.commit();
            }
        } catch (IOException e) {
            throw unwritten(name, e);
        }
    }

    private void closeLines() {
        try {
            lines.close();
        } catch (IOException e) {
            throw unwritten(aside.path().resolve(LINES), e);
        }
    }

    private void writeTable(Writer into) throws IOException {
        var table = new CsvWriter(into);
        table.line(List.copyOf(names));
        try (var read = Files.newBufferedReader(aside.path().resolve(LINES))) {
            for (String line; (line = read.readLine()) != null; ) {
                FlatAnswer answer = FlatAnswer.of((ObjectNode) Configs.JSON.readTree(line));
                var cells = new ArrayList<String>();
                names.forEach(name -> cells.add(answer.written(name)));
                table.line(cells);
            }
        }
    }

    /** Ends what was begun: without {@link #commit} nothing is left, whether or not what is still held back finds room. */
    @Override
    public void close() {
        try (aside;
                staged;
                Writer held = staged == null ? Writer.nullWriter() : out;
                lines) {
            // closed from the last to the first, each of them even if another fails
        } catch (IOException e) {
            throw unwritten(name, e);
        }
    }
}
