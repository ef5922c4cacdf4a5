package org.counterweight.data.text.bpe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * GPT-2's way to see a text: words, each with the blank before it, as bytes, each byte as a letter that can be seen.
 *
 * <p>A. Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, section 2.2, and the code beside it.
 */
final class ByteLetters {
    private static final Pattern WORD = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private static final char[] LETTERS = letters();

    private ByteLetters() {}

    /** A byte that is a printable letter of Latin-1 is that letter; the others are those from U+0100 on, in order. */
    private static char[] letters() {
        char[] letters = new char[256];
        char next = 256;
        for (int b = 0; b < letters.length; b++) {
            boolean isSeen = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
            letters[b] = isSeen ? (char) b : next++;
        }
        return letters;
    }

    /** The letters of all bytes, in the order of their code. */
    static char[] alphabet() {
        char[] sorted = LETTERS.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    /** The words of a text, in letters. */
    static Stream<String> words(String text) {
        return WORD.matcher(text).results().map(found -> spelled(found.group()));
    }

    private static String spelled(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        var letters = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            letters.append(LETTERS[b & 0xff]);
        }
        return letters.toString();
    }
}
