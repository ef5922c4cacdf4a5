package org.counterweight.data.table.source;

import java.io.IOException;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.counterweight.config.PythonJson;
import org.counterweight.data.DataException;
import org.counterweight.data.table.form.Bytes;
import org.counterweight.data.table.form.Encoding;
import org.counterweight.data.table.form.TextLines;
import org.counterweight.data.table.form.TextLines.Line;
import org.counterweight.data.table.row.BadRows;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.Column.Type;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.Row;
import org.counterweight.data.table.row.Row.Place;
import org.counterweight.data.table.row.RowCheck;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows that are JSON objects, one a line, or all in one array. JSON is UTF-8 by its standard, so another encoding must be
 * said, or have a byte order mark. {@code NaN} and {@code Infinity} are numbers, as Python writes them.
 */
public record JsonSource(Bytes bytes, Charset charset, boolean array, List<Column> columns, List<String> said)
        implements RowSource {
    /** So many rows are looked through for the names of columns. */
    private static final int EVIDENCE = 1000;

    /** Takes rows: an object, or what is wrong; answers whether it wants more. */
    private interface Taker {
        boolean take(Place place, @Nullable ObjectNode row, String broken);
    }

    public static JsonSource open(Bytes bytes, TableFormat format) throws IOException {
        Charset stated = format.charset();
        Encoding encoding = stated == null ? Encoding.ofJson(bytes) : new Encoding(stated, null);
        boolean array = bytes.name().endsWith(".json") && first(bytes, encoding.charset()) == '[';
        var source = new JsonSource(
                bytes,
                encoding.charset(),
                array,
                List.of(),
                encoding.said() == null ? List.of() : List.of(encoding.said()));
        return new JsonSource(bytes, encoding.charset(), array, source.find(), source.said());
    }

    private static int first(Bytes bytes, Charset charset) throws IOException {
        try (Reader reader = bytes.open(charset)) {
            int c = reader.read();
            while (Character.isWhitespace(c) || c == '\uFEFF') {
                c = reader.read();
            }
            return c;
        } catch (CharacterCodingException e) {
            throw Encoding.wrong(bytes, charset, e);
        }
    }

    private List<Column> find() throws IOException {
        Map<String, Type> types = new LinkedHashMap<>();
        var seen = new int[1];
        each((place, row, broken) -> {
            if (row != null) {
                row.properties()
                        .forEach(entry -> types.merge(
                                entry.getKey(), cell(entry.getValue()).type(), JsonSource::both));
            }
            return ++seen[0] < EVIDENCE;
        });
        return types.entrySet().stream()
                .map(entry -> new Column(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Type both(Type one, Type other) {
        return one == other || other == Type.NULL ? one : one == Type.NULL ? other : Type.TEXT;
    }

    private static Cell cell(@Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return new Cell.Nothing();
        }
        if (value.isNumber()) {
            return new Cell.Number(value.asString(), value.doubleValue());
        }
        if (value.isBoolean()) {
            return new Cell.Truth(value.booleanValue());
        }
        return value.isValueNode() ? new Cell.Text(value.asString()) : new Cell.Many(value.toString());
    }

    @Override
    public void read(List<Wanted> wanted, BadRows bad, Consumer<Row> sink) throws IOException {
        var check = new RowCheck(bytes.file(), wanted, Decimals.POINT, bad);
        each((place, object, broken) -> {
            if (object == null) {
                bad.broken(place, broken);
                return true;
            }
            var cells = new ArrayList<Cell>(wanted.size());
            wanted.forEach(column -> cells.add(cell(object.get(column.name()))));
            Row row = check.row(place, cells);
            if (row != null) {
                sink.accept(row);
            }
            return true;
        });
    }

    private void each(Taker taker) throws IOException {
        try {
            if (array) {
                eachElement(taker);
            } else {
                eachLine(taker);
            }
        } catch (CharacterCodingException e) {
            throw Encoding.wrong(bytes, charset, e);
        }
    }

    private void eachLine(Taker taker) throws IOException {
        try (var lines = new TextLines(bytes.open(charset), TextLines.LONGEST)) {
            boolean more = true;
            for (Line line; more && (line = lines.next()) != null; ) {
                if (!line.text().isBlank()) {
                    more = take(line, lines.longest(), taker);
                }
            }
        }
    }

    private static boolean take(Line line, int longest, Taker taker) {
        Place place = Place.line(line.number());
        if (line.tooLong()) {
            return taker.take(place, null, "more than " + longest + " characters in a line");
        }
        try {
            return PythonJson.MAPPER.readTree(line.text()) instanceof ObjectNode object
                    ? taker.take(place, object, "")
                    : taker.take(place, null, "no JSON object");
        } catch (JacksonException e) {
            return taker.take(place, null, "no JSON (" + reason(e) + ")");
        }
    }

    /** After what is no JSON there is no telling where the next element begins, so it is refused whatever is skipped. */
    private void eachElement(Taker taker) throws IOException {
        var rows = PythonJson.MAPPER.readerFor(JsonNode.class).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        try (Reader reader = bytes.open(charset)) {
            var unmarked = new PushbackReader(reader);
            int c = unmarked.read();
            if (c >= 0 && c != '\uFEFF') {
                unmarked.unread(c);
            }
            try (JsonParser parser = PythonJson.MAPPER.createParser(unmarked)) {
                parser.nextToken();
                boolean more = true;
                while (more && parser.nextToken() != JsonToken.END_ARRAY) {
                    Place place = Place.line(parser.currentTokenLocation().getLineNr());
                    JsonNode element = rows.readValue(parser);
                    more = element instanceof ObjectNode object
                            ? taker.take(place, object, "")
                            : taker.take(place, null, "no JSON object");
                }
            }
        } catch (JacksonException e) {
            if (e.getCause() instanceof CharacterCodingException coding) {
                throw coding;
            }
            var at = e.getLocation();
            throw new DataException(
                    bytes.file() + (at == null ? "" : ":" + at.getLineNr()) + ": no JSON (" + reason(e)
                            + "); mend it, or write one object a line, of which bad ones can be left out",
                    e);
        }
    }

    /** Of a parser's message what is wrong, without what a programmer could set. */
    private static String reason(JacksonException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("").replaceFirst(": enable .*", "");
    }
}
