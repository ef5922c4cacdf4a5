package org.counterweight.data.text.vocabulary.piece;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import org.counterweight.data.DataException;
import org.counterweight.data.text.bpe.BpeVocabulary.Merge;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.wire.Wire;

/**
 * A model that SentencePiece wrote ({@code sentencepiece_model.proto}): its pieces, each one's place being its id, and how
 * texts are spelt before.
 *
 * <p>T. Kudo and J. Richardson, "SentencePiece: A simple and language independent subword tokenizer and detokenizer for Neural
 * Text Processing", EMNLP 2018, system demonstrations.
 *
 * @param merges whether neighbours are merged in the order of scores (BPE), and not the likeliest pieces chosen (Unigram)
 * @param bytes whether what no piece spells is told byte by byte
 */
public record PieceModel(List<Piece> pieces, boolean merges, boolean bytes, Spelling spelling) {
    /** Some twenty times the largest in use. */
    private static final long LARGEST = 1 << 27;

    /** How the model was trained, as far as it is of account later ({@code trainer_spec}). */
    private record Training(int kind, boolean bytes) {}

    private static final int UNIGRAM = 1;
    private static final int PAIRS = 2;

    public PieceModel {
        pieces = List.copyOf(pieces);
    }

    /** The same with its pieces at other places, or some more. */
    public PieceModel with(List<Piece> arranged) {
        return new PieceModel(arranged, merges, bytes, spelling);
    }

    /** @throws DataException if the file cannot be read, is no such model, or one of a kind that is not read here */
    public static PieceModel read(Path file) {
        try {
            long size = Files.size(file);
            if (size > LARGEST) {
                throw wrong(file, "has " + size + " bytes, and a SentencePiece model at most " + LARGEST);
            }
            byte[] bytes = Files.readAllBytes(file);
            return model(file, new Wire(file, ByteBuffer.wrap(bytes), 0, bytes.length));
        } catch (WeightsException e) {
            throw new DataException(e.getMessage() + ": expected a SentencePiece model; copy the model's own again", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static PieceModel model(Path file, Wire message) {
        var pieces = new ArrayList<Piece>();
        Training training = new Training(UNIGRAM, false);
        Spelling spelling = Spelling.USUAL;
        while (message.next()) {
            switch (message.field()) {
                case 1 -> pieces.add(piece(file, pieces.size(), message.message()));
                case 2 -> training = training(file, message.message());
                case 3 -> spelling = spelling(file, message.message());
                default -> {} // tests of itself, and how answers are spelt
            }
        }
        check(file, pieces);
        if (training.kind() != UNIGRAM && training.kind() != PAIRS) {
            throw wrong(
                    file,
                    "is of the kind " + training.kind() + " (words or characters); 1 (unigram) and 2 (BPE) are read");
        }
        return new PieceModel(pieces, training.kind() == PAIRS, training.bytes(), spelling);
    }

    private static void check(Path file, List<Piece> pieces) {
        var texts = new HashSet<String>();
        for (Piece piece : pieces) {
            if (!texts.add(piece.text())) {
                throw wrong(file, "has the piece \"" + piece.text() + "\" twice");
            }
        }
        long unknown = pieces.stream()
                .filter(piece -> piece.kind() == Piece.Kind.UNKNOWN)
                .count();
        if (unknown != 1) {
            throw wrong(
                    file, "has " + unknown + " pieces for what is unknown among its " + pieces.size() + ", expected 1");
        }
    }

    private static Piece piece(Path file, int place, Wire message) {
        String text = "";
        float score = 0;
        long kind = 1;
        while (message.next()) {
            switch (message.field()) {
                case 1 -> text = message.text();
                case 2 -> score = message.real();
                case 3 -> kind = message.number();
                default -> {}
            }
        }
        if (text.isEmpty() || !Float.isFinite(score) || kind < 1 || kind > Piece.Kind.values().length) {
            throw wrong(file, "has as piece " + place + " \"" + text + "\" of score " + score + " and kind " + kind);
        }
        return new Piece(text, score, Piece.Kind.values()[(int) kind - 1]);
    }

    private static Training training(Path file, Wire message) {
        long kind = UNIGRAM;
        boolean bytes = false;
        while (message.next()) {
            switch (message.field()) {
                case 3 -> kind = message.number();
                case 24 -> refuse(file, message.number() != 0, "treat_whitespace_as_suffix: true");
                case 35 -> bytes = message.number() != 0;
                default -> {}
            }
        }
        return new Training((int) kind, bytes);
    }

    private static Spelling spelling(Path file, Wire message) {
        String rules = Spelling.USUAL.rules();
        byte[] characters = {};
        boolean prefixed = Spelling.USUAL.prefixed();
        boolean collapsed = Spelling.USUAL.collapsed();
        while (message.next()) {
            switch (message.field()) {
                case 1 -> rules = message.text();
                case 2 -> characters = message.bytes();
                case 3 -> prefixed = message.number() != 0;
                case 4 -> collapsed = message.number() != 0;
                case 5 -> refuse(file, message.number() == 0, "escape_whitespaces: false");
                default -> {}
            }
        }
        String flaw = characters.length == 0 ? "" : CharacterMap.flaw(characters);
        if (!flaw.isEmpty()) {
            throw wrong(file, "its map of characters (precompiled_charsmap) " + flaw);
        }
        return new Spelling(rules, Base64.getEncoder().encodeToString(characters), prefixed, collapsed);
    }

    private static void refuse(Path file, boolean isSo, String setting) {
        if (isSo) {
            throw new DataException(file + ": was trained with " + setting
                    + ", which is not read here; write tokenizer.json once with the library it was trained for");
        }
    }

    private static DataException wrong(Path file, String found) {
        return new DataException(file + ": " + found + "; copy the model's own again");
    }

    /** Which two pieces become one, in the order in which they are tried. */
    public List<Merge> pairs() {
        return Merges.of(pieces);
    }

    /** The place of the piece that stands for what no other spells. */
    public int unknown() {
        for (int place = 0; place < pieces.size(); place++) {
            if (pieces.get(place).kind() == Piece.Kind.UNKNOWN) {
                return place;
            }
        }
        throw new IllegalStateException("a model has one");
    }
}
