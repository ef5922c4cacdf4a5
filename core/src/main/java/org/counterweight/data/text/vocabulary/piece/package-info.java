/**
 * SentencePiece's own file: pieces of words with their scores, and how texts are spelt before they are cut. Start at
 * {@link org.counterweight.data.text.vocabulary.piece.PieceModel}.
 */
@NullMarked
package org.counterweight.data.text.vocabulary.piece;

import org.jspecify.annotations.NullMarked;
