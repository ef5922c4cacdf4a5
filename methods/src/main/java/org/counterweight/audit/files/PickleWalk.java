package org.counterweight.audit.files;

/**
 * Tells whether bytes are a pickle by walking over its instructions from the first byte to STOP, as Python's pickletools does.
 * Nothing is carried out: what an instruction would do is of no account, only where the next one begins.
 */
final class PickleWalk {
    /** Instructions without an argument. */
    private static final String PLAIN = "(012NQRabdetulso})]"
            + "\u0081\u0085\u0086\u0087\u0088\u0089\u008f\u0090\u0091\u0092\u0093\u0094\u0097\u0098";

    private final byte[] bytes;
    private int at;

    private PickleWalk(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @param bytes the file's, or as much as is wanted of its beginning */
    static boolean isPickle(byte[] bytes) {
        return new PickleWalk(bytes).reachesStop();
    }

    /** A pickle that names its protocol by its first bytes alone, where its end is not at hand. */
    static boolean beginsLikeOne(byte[] bytes) {
        return bytes.length >= 2 && bytes[0] == (byte) 0x80 && bytes[1] >= 0 && bytes[1] <= 5;
    }

    private boolean reachesStop() {
        long instructions = 0;
        while (at < bytes.length) {
            instructions++;
            int code = bytes[at++] & 0xff;
            if (code == '.') {
                return instructions > 1; // STOP alone is a full stop
            }
            if (!skipArgument(code)) {
                return false;
            }
        }
        return false;
    }

    /** Goes behind an instruction's argument; false if it is no instruction, or runs over the end. */
    private boolean skipArgument(int code) {
        return switch (code) {
            case 'F', 'I', 'L', 'P', 'S', 'V', 'g', 'p' -> lines(1);
            case 'c', 'i' -> lines(2);
            case 'K', 'h', 'q', 0x80, 0x82 -> bytes(1);
            case 'M', 0x83 -> bytes(2);
            case 'J', 'j', 'r', 0x84 -> bytes(4);
            case 'G', 0x95 -> bytes(8);
            case 'U', 'C', 0x8a, 0x8c -> counted(1);
            case 'T', 'X', 'B', 0x8b -> counted(4);
            case 0x8d, 0x8e, 0x96 -> counted(8);
            default -> PLAIN.indexOf(code) >= 0;
        };
    }

    private boolean lines(int count) {
        int left = count;
        while (left > 0 && at < bytes.length) {
            left -= bytes[at++] == '\n' ? 1 : 0;
        }
        return left == 0;
    }

    private boolean bytes(long count) {
        if (count < 0 || count > bytes.length - at) {
            return false;
        }
        at += (int) count;
        return true;
    }

    private boolean counted(int width) {
        if (width > bytes.length - at) {
            return false;
        }
        long count = 0;
        for (int i = 0; i < width; i++) {
            count |= (bytes[at + i] & 0xffL) << (8 * i);
        }
        at += width;
        return bytes(count);
    }
}
