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
    private final AnswerForm form;
    private final @Nullable Staged staged;
    private final TemporaryDirectory aside;
    private final Writer out;
    private final BufferedWriter lines;
    private final Set<String> names = new LinkedHashSet<>();
    private final Map<String, ColumnType> types = new HashMap<>();

    private AnswerFile(AnswerForm form, @Nullable Path file, Writer shown) {
        this.form = form;
        this.aside = TemporaryDirectory.create("cw-answers");
        try {
            this.staged = file == null ? null : Staged.file(file);
            this.out = staged == null || form == AnswerForm.PARQUET ? shown : Files.newBufferedWriter(staged.path());
            this.lines = Files.newBufferedWriter(aside.path().resolve("answers.jsonl"));
        } catch (IOException e) {
            aside.close();
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
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
                    lines.write(answer + "\n");
                }
            }
            if (staged == null) {
                out.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the answers cannot be written: " + e.getMessage(), e);
        }
    }

    /** Ends the file: it is there when this returns. */
    public void commit() {
        try {
            lines.close();
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
            throw new UncheckedIOException("the answers cannot be written: " + e.getMessage(), e);
        }
    }

    private void writeTable(Writer into) throws IOException {
        var table = new CsvWriter(into);
        table.line(List.copyOf(names));
        try (var read = Files.newBufferedReader(aside.path().resolve("answers.jsonl"))) {
            for (String line; (line = read.readLine()) != null; ) {
                FlatAnswer answer = FlatAnswer.of((ObjectNode) Configs.JSON.readTree(line));
                var cells = new ArrayList<String>();
                names.forEach(name -> cells.add(answer.written(name)));
                table.line(cells);
            }
        }
    }

    @Override
    public void close() {
        try {
            lines.close();
            if (staged != null) {
                out.close();
                staged.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the answers cannot be written: " + e.getMessage(), e);
        } finally {
            aside.close();
        }
    }
}
