package org.counterweight.data.text.vocabulary.piece;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.counterweight.data.text.bpe.BpeVocabulary.Merge;

/**
 * Which two pieces make which third. SentencePiece merges the two neighbours that make the piece of the greatest score,
 * whatever its parts; a list of merges names the parts. A piece's beginnings stand before it in the sorted list of the pieces,
 * its ends in that of the pieces read backwards, so that none is looked for in vain.
 *
 * @param texts of the pieces of which texts are made, the greatest score first
 * @param beginnings of each piece, the longest other one with which it begins; −1 where there is none
 * @param ends of each piece, the longest other one with which it ends
 */
record Merges(List<String> texts, int[] beginnings, int[] ends) {
    private static final int NONE = -1;

    /** In the order in which they are tried: by the score of what they make, its number, and the left part's length. */
    static List<Merge> of(List<Piece> pieces) {
        List<String> texts = pieces.stream()
                .filter(Piece::isSpelt)
                .sorted(Comparator.comparing(Piece::score).reversed())
                .map(Piece::text)
                .toList();
        UnaryOperator<String> backwards =
                text -> new StringBuilder(text).reverse().toString();
        var all = new Merges(
                texts, longest(texts), longest(texts.stream().map(backwards).toList()));
        var merges = new ArrayList<Merge>();
        for (int piece = 0; piece < texts.size(); piece++) {
            all.add(piece, merges);
        }
        return merges;
    }

    /** Of each text, the longest of the others with which it begins. */
    private static int[] longest(List<String> texts) {
        int[] longest = new int[texts.size()];
        Arrays.fill(longest, NONE);
        int before = NONE;
        for (int text : IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparing(texts::get))
                .toList()) {
            while (before != NONE && !texts.get(text).startsWith(texts.get(before))) {
                before = longest[before];
            }
            longest[text] = before;
            before = text;
        }
        return longest;
    }

    /** Those that make a piece: of a beginning and an end that are as long as it is together. */
    private void add(int piece, List<Merge> merges) {
        var lefts = new ArrayDeque<Integer>();
        for (int left = beginnings[piece]; left != NONE; left = beginnings[left]) {
            lefts.push(left);
        }
        int right = ends[piece];
        for (int left : lefts) { // from the shortest on
            int rest = length(piece) - length(left);
            while (right != NONE && length(right) > rest) {
                right = ends[right];
            }
            if (right != NONE && length(right) == rest) {
                merges.add(new Merge(texts.get(left), texts.get(right)));
            }
        }
    }

    private int length(int piece) {
        return texts.get(piece).length();
    }
}
