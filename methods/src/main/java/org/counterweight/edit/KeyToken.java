package org.counterweight.edit;

/** Which position of a row asks the codebook. A batch can say it row by row: {@link GraceTap#KEY_TOKEN}. */
public enum KeyToken {
    /** The last column, which is padding where rows are padded: as the official code has it. */
    LAST,
    /** The last token that is no padding. */
    LAST_NON_PAD,
    /** The first. */
    CLS,
    /** The mean over all that are no padding; the last of them counts as the key token. */
    MEAN
}
