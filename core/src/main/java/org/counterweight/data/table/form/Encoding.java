package org.counterweight.data.table.form;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of a text, found in all its bytes: UTF-16 and UTF-32 by their byte order marks, UTF-16 also
 * by its zeros, else UTF-8; what is none, but reads as Western words in Windows-1252, is taken for that, and it is said with a word to judge by.
 *
 * @param said what to tell of it; null for UTF-8
 */
public record Encoding(Charset charset, @Nullable String said) {
    private static final Encoding UTF_8 = new Encoding(StandardCharsets.UTF_8, null);
    private static final Charset WESTERN = Charset.forName("windows-1252");
    private static final int FIRST = 4096;
    private static final String REMEDY = "; save it as UTF-8, or say its encoding (data.format.encoding, --encoding)";

    /** Letters in a row that Western words do not have beyond ASCII; other alphabets consist of them. */
    private static final int FOREIGN_RUN = 3;

    /** Not letters, but usual between them. */
    private static final String IN_WORDS = "’‘´·\u00AD";

    private static final String IN_TEXTS = "€‚„…‘’“”•–—™«»°§£¥©®¿¡·´½¼¾²³ºª\u00A0\u00AD×÷±µ¶†‡‰";

    /**
     * Finds it.
     *
     * @throws DataException if it is none of these; the message has the line
     */
    public static Encoding of(Bytes bytes) throws IOException {
        Charset wide = wide(bytes);
        if (wide != null) {
            return new Encoding(wide, wide.name());
        }
        Utf8 utf8 = Utf8.read(bytes);
        if (utf8.line() == 0) {
            return UTF_8;
        }
        String place = utf8.place(bytes);
        if (utf8.others()) {
            throw new DataException(
                    place + ", though letters before it are; two encodings are mixed: save it as UTF-8");
        }
        String word = westernWord(bytes);
        if (word == null) {
            throw new DataException(place + REMEDY);
        }
        return new Encoding(WESTERN, "Windows-1252 (\"" + word + "\")");
    }

    /** That of JSON: UTF-8 unless two bytes a character are seen. */
    public static Encoding ofJson(Bytes bytes) throws IOException {
        Charset wide = wide(bytes);
        return wide == null ? UTF_8 : new Encoding(wide, wide.name());
    }

    /** What to say about a text that was found to be none of that encoding while it was read. */
    public static DataException wrong(Bytes bytes, Charset charset, CharacterCodingException cause) throws IOException {
        String place = charset.equals(StandardCharsets.UTF_8)
                ? Utf8.read(bytes).place(bytes)
                : bytes.file() + ": is no " + charset.name() + " text";
        return new DataException(place + REMEDY, cause);
    }

    private static @Nullable Charset wide(Bytes bytes) throws IOException {
        byte[] first;
        try (InputStream in = bytes.open()) {
            first = in.readNBytes(FIRST);
        }
        return wide(first);
    }

    private static @Nullable Charset wide(byte[] first) {
        int pairs = first.length / 2;
        if (starts(first, 0xff, 0xfe, 0, 0) || starts(first, 0, 0, 0xfe, 0xff)) {
            return Charset.forName(first[0] == 0 ? "UTF-32BE" : "UTF-32LE");
        }
        if (starts(first, 0xff, 0xfe)) {
            return StandardCharsets.UTF_16LE;
        }
        if (starts(first, 0xfe, 0xff)) {
            return StandardCharsets.UTF_16BE;
        }
        int high = 0;
        int low = 0;
        for (int i = 0; i < pairs; i++) {
            high += first[2 * i] == 0 ? 1 : 0;
            low += first[2 * i + 1] == 0 ? 1 : 0;
        }
        // Delimiters, digits and line ends alone make a good part of a table, and have a zero in UTF-16.
        if (pairs >= 4 && low >= pairs / 4 && high == 0) {
            return StandardCharsets.UTF_16LE;
        }
        return pairs >= 4 && high >= pairs / 4 && low == 0 ? StandardCharsets.UTF_16BE : null;
    }

    private static boolean starts(byte[] bytes, int... mark) {
        return bytes.length >= mark.length
                && IntStream.range(0, mark.length).allMatch(i -> (bytes[i] & 0xff) == mark[i]);
    }

    /**
     * The first byte that is no UTF-8.
     *
     * @param line 0 if there is none
     * @param others whether there are letters beyond ASCII before it
     */
    private record Utf8(long line, int value, boolean others) {
        String place(Bytes bytes) {
            return String.format(Locale.ROOT, "%s:%d: is no UTF-8 text (byte 0x%02X)", bytes.file(), line, value);
        }

        static Utf8 read(Bytes bytes) throws IOException {
            CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
            ByteBuffer in = ByteBuffer.allocate(1 << 16);
            CharBuffer out = CharBuffer.allocate(1 << 16);
            long line = 1;
            boolean others = false;
            try (InputStream stream = bytes.open()) {
                for (boolean end = false; !end; ) {
                    int read = stream.read(in.array(), in.position(), in.remaining());
                    end = read < 0;
                    in.position(in.position() + Math.max(0, read)).flip();
                    CoderResult result = decoder.decode(in, out, end);
                    for (int i = 0; i < out.position(); i++) {
                        char c = out.get(i);
                        line += c == '\n' ? 1 : 0;
                        others |= c >= 0x80 && c != '\uFEFF';
                    }
                    if (result.isError()) {
                        return new Utf8(line, in.get(in.position()) & 0xff, others);
                    }
                    out.clear();
                    in.compact();
                }
            }
            return new Utf8(0, 0, others);
        }
    }

    /** The first word with a letter beyond ASCII, if all of the text reads as Windows-1252; else null. */
    private static @Nullable String westernWord(Bytes bytes) throws IOException {
        var word = new StringBuilder();
        String found = null;
        int run = 0;
        try (Reader reader = bytes.open(WESTERN)) {
            for (int c; (c = reader.read()) >= 0; ) {
                char letter = (char) c;
                boolean high = c >= 0x80;
                if (high && !Character.isLetter(letter) && IN_TEXTS.indexOf(letter) < 0) {
                    return null;
                }
                run = high && Character.isLetter(letter) ? run + 1 : 0;
                if (run == FOREIGN_RUN) {
                    return null;
                }
                if (Character.isLetter(letter) || high) {
                    word.append(letter);
                    continue;
                }
                if (!isWestern(word)) {
                    return null;
                }
                found = found == null && isForeign(word) ? word.toString() : found;
                word.setLength(0);
            }
        } catch (CharacterCodingException e) {
            return null; // one of the five bytes that Windows-1252 does not have
        }
        if (!isWestern(word)) {
            return null;
        }
        return found == null && isForeign(word) ? word.toString() : found;
    }

    private static boolean isForeign(CharSequence word) {
        return word.chars().anyMatch(c -> c >= 0x80);
    }

    /**
     * Whether what stands within the word may: no sign between letters ("p³yn" is Polish in another encoding), no capital
     * ("cafŽ" is the Macintosh's) and no opening quote ("caf‚" is DOS') after a small letter.
     */
    private static boolean isWestern(CharSequence word) {
        for (int i = 1; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c < 0x80 || !Character.isLowerCase(word.charAt(i - 1))) {
                continue;
            }
            boolean within = i + 1 < word.length() && Character.isLowerCase(word.charAt(i + 1));
            boolean sign = !Character.isLetter(c) && IN_WORDS.indexOf(c) < 0 && within && c < 0x2010;
            if (sign || Character.isUpperCase(c) || c == '‚' || c == '„') {
                return false;
            }
        }
        return true;
    }
}
