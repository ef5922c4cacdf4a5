package org.counterweight.merge.source;

import java.util.List;

/**
 * How the end of a name was spelt once, and is now: parts of a layer norm as TensorFlow called them, which BERT's first files
 * and their copies do, and the halves of a normalised weight before PyTorch had parametrizations.
 */
record Spelling(String former, String now) {
    private static final List<Spelling> ALL = List.of(
            new Spelling("LayerNorm.gamma", "LayerNorm.weight"),
            new Spelling("LayerNorm.beta", "LayerNorm.bias"),
            new Spelling(".weight_g", ".parametrizations.weight.original0"),
            new Spelling(".weight_v", ".parametrizations.weight.original1"));

    static boolean isFormer(String name) {
        return ALL.stream().anyMatch(spelling -> name.endsWith(spelling.former));
    }

    /** The name as it is spelt now. */
    static String now(String name) {
        for (Spelling spelling : ALL) {
            if (name.endsWith(spelling.former)) {
                return name.substring(0, name.length() - spelling.former.length()) + spelling.now;
            }
        }
        return name;
    }

    /** The name as it was spelt once. */
    static String former(String name) {
        for (Spelling spelling : ALL) {
            if (name.endsWith(spelling.now)) {
                return name.substring(0, name.length() - spelling.now.length()) + spelling.former;
            }
        }
        return name;
    }
}
