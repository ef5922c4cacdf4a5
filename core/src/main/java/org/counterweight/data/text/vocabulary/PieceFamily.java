package org.counterweight.data.text.vocabulary;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.counterweight.data.text.vocabulary.piece.Piece;
import tools.jackson.databind.node.ArrayNode;

/**
 * What the models of a family make of a SentencePiece model: which ids its pieces have, how a text is prepared, and which tokens
 * stand around it.
 *
 * @param classes that read such a vocabulary, as transformers names them, without their endings
 * @param models {@code model_type}s that have such a vocabulary where no class is named
 * @param roles the usual token of each role
 * @param arrangement where the pieces lie
 * @param preparation what is done to a text before the model's own spelling
 * @param framing what stands around
 */
record PieceFamily(
        List<String> classes,
        List<String> models,
        Map<String, String> roles,
        Arrangement arrangement,
        Preparation preparation,
        Framing framing) {

    /** From the model's pieces to those of the family, in the order of their ids. */
    interface Arrangement {
        Arrangement PLAIN = (pieces, settings) -> pieces;

        List<Piece> of(List<Piece> pieces, TokenizerSettings settings);
    }

    /** Adds steps, as the tokenizers library calls them, before the model's own. */
    interface Preparation {
        Preparation NONE = (normalizers, settings) -> {};

        void add(ArrayNode normalizers, TokenizerSettings settings);
    }

    /** Reads the tokens of roles. */
    interface Framing {
        Framing BERT = (token, settings) -> Frame.typed(token.apply("cls_token"), token.apply("sep_token"));

        Frame of(UnaryOperator<String> token, TokenizerSettings settings);
    }
}
