package org.counterweight.datasets.convert;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.counterweight.data.DataException;

/**
 * A dictionary of dictd: a gzipped text, and an index of headword, offset and length, the numbers in base 64.
 *
 * @param entries each once, in the order in which they stand
 * @param headwords the numbers of the entries that each headword names, of which several may name one
 */
public record Dictionary(List<String> entries, Map<String, List<Integer>> headwords) {
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private record Place(String headword, int offset, int length) {}

    /**
     * Reads one.
     *
     * @param in where the packages were unpacked
     * @throws DataException if the index does not fit the text
     */
    public static Dictionary read(Path in, String name) throws IOException {
        Path directory = in.resolve("usr/share/dictd");
        byte[] text;
        try (InputStream zipped = new GZIPInputStream(Files.newInputStream(directory.resolve(name + ".dict.dz")))) {
            text = zipped.readAllBytes();
        }
        var places = new ArrayList<Place>();
        var lengths = new TreeMap<Integer, Integer>();
        for (String line : Files.readAllLines(directory.resolve(name + ".index"))) {
            String[] fields = line.split("\t");
            if (fields.length >= 3 && !fields[0].startsWith("00-database") && !fields[0].startsWith("00database")) {
                var place = new Place(fields[0], number(fields[1]), number(fields[2]));
                places.add(place);
                lengths.merge(place.offset(), place.length(), Math::max);
            }
        }
        var numbers = new HashMap<Integer, Integer>(); // by offset
        var entries = new ArrayList<String>();
        lengths.forEach((offset, length) -> {
            if ((long) offset + length > text.length) {
                throw new DataException(name + ".index: an entry of " + length + " bytes at " + offset
                        + " does not lie in the text of " + text.length);
            }
            numbers.put(offset, entries.size());
            entries.add(new String(text, offset, length, StandardCharsets.UTF_8).strip());
        });
        var headwords = new HashMap<String, List<Integer>>();
        for (Place place : places) {
            Integer number = numbers.get(place.offset());
            if (number != null) {
                headwords
                        .computeIfAbsent(place.headword(), unused -> new ArrayList<>())
                        .add(number);
            }
        }
        return new Dictionary(List.copyOf(entries), headwords);
    }

    static int number(String digits) {
        long number = 0;
        for (char digit : digits.toCharArray()) {
            int value = BASE64.indexOf(digit);
            number = number * 64 + value;
            if (value < 0 || number > Integer.MAX_VALUE) {
                throw new DataException("\"" + digits + "\" is no number of a dictd index");
            }
        }
        return (int) number;
    }
}
