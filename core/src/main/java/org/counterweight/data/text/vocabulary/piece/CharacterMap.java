package org.counterweight.data.text.vocabulary.piece;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.BitSet;

/**
 * Checks the compiled map of characters in a SentencePiece file: a trie in a double array (Darts-clone's, of little-endian
 * units of four bytes) whose leaves say where in the texts behind it the new spelling begins. Whoever follows the trie checks
 * nothing: what points outside would end the program.
 *
 * @param trie its units
 * @param texts the spellings, each closed by a 0
 */
record CharacterMap(ByteBuffer trie, ByteBuffer texts) {
    private static final int UNIT = 4;
    private static final int HAS_LEAF = 1 << 8;
    private static final int LABEL = 0x8000_00ff;

    /**
     * Says what is wrong with a map.
     *
     * @return empty if nothing is
     */
    static String flaw(byte[] map) {
        ByteBuffer bytes = ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN);
        if (map.length < UNIT) {
            return "has " + map.length + " bytes";
        }
        int size = bytes.getInt(0);
        if (size <= 0 || size % UNIT != 0 || size > map.length - UNIT) {
            return "has a trie of " + size + " of its " + map.length + " bytes";
        }
        ByteBuffer trie = bytes.slice(UNIT, size).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer texts = bytes.slice(UNIT + size, map.length - UNIT - size);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(texts.duplicate());
        } catch (CharacterCodingException e) {
            return "has a spelling that is no UTF-8 (" + e.getMessage() + ")";
        }
        return new CharacterMap(trie, texts).flaw();
    }

    /** Follows the trie from its root, each unit once. */
    private String flaw() {
        int units = trie.capacity() / UNIT;
        var seen = new BitSet(units);
        var next = new ArrayDeque<Integer>();
        next.add(0);
        seen.set(0);
        while (!next.isEmpty()) {
            int at = next.remove();
            int below = at ^ offset(unit(at));
            if ((below | 0xff) >= units) {
                return "points to unit " + below + " of " + units;
            }
            if ((unit(at) & HAS_LEAF) != 0) {
                int text = unit(below) & Integer.MAX_VALUE;
                if (text >= texts.capacity() || (texts.get(text) & 0xc0) == 0x80) {
                    return "has a spelling at byte " + text + " of " + texts.capacity();
                }
            }
            for (int label = 1; label <= 0xff; label++) {
                int child = below ^ label;
                if ((unit(child) & LABEL) == label && !seen.get(child)) {
                    seen.set(child);
                    next.add(child);
                }
            }
        }
        return "";
    }

    private int unit(int at) {
        return trie.getInt(at * UNIT);
    }

    /** How far, by exclusive or, the block of a unit's children is. */
    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }
}
