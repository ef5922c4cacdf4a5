package org.counterweight.data.text.vocabulary;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.text.vocabulary.piece.Piece;
import org.counterweight.data.text.vocabulary.piece.PieceModel;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A SentencePiece model as the {@code tokenizer.json} that says the same. What transformers makes of one differs from version to
 * version; here a text between special tokens has the ids that SentencePiece itself gives it:
 *
 * <ul>
 *   <li>the whole text is cut at once, and not word by word, since a piece may reach over a blank;
 *   <li>the blank before a text comes in addition to those that it begins with, if the model keeps these;
 *   <li>bytes stand for what is unknown wherever the model has them;
 *   <li>a letter and its marks are composed where the model composes them, however many there are: the tokenizers library by
 *       itself takes one mark and drops the others. (What SentencePiece leaves composed in part is composed in full, half-width
 *       kana and their voicing are not, and a mark behind a character that is written as others is still dropped.)
 * </ul>
 *
 * @param model with the pieces of the family, and all tokens beside them, at their places
 * @param prefixed whether a blank comes before a text
 */
record PieceVocabulary(PieceModel model, PieceFamily family, TokenizerSettings settings, boolean prefixed) {
    private static final String BLANK = "▁";
    private static final String PUNCTUATION = "[\\p{P}!-/:-@\\[-`{-~]";

    /** What SentencePiece takes as score of a piece that is never cut: better than any others in its place. */
    private static final double NEVER_CUT = -0.1;

    /** A token with a number so far behind the others is a mistake. */
    private static final int FAR = 1_000_000;

    static ObjectNode read(Path file, ObjectNode own) {
        TokenizerSettings settings = TokenizerSettings.beside(file, own);
        PieceFamily family = PieceFamilies.of(file, settings);
        PieceModel read = PieceModel.read(file);
        List<Piece> pieces = family.arrangement().of(read.pieces(), settings);
        boolean prefixed = read.spelling().prefixed() && settings.flag("add_prefix_space", true);
        AddedTokens added = added(pieces, read.merges() && !prefixed)
                .beside(file, own)
                .named(settings, family.roles(), ids(pieces));
        PieceModel model = read.with(numbered(file, pieces, added.contents()));
        return new PieceVocabulary(model, family, settings, prefixed).json(added);
    }

    private static Map<String, Integer> ids(List<Piece> pieces) {
        var ids = new HashMap<String, Integer>();
        for (int id = 0; id < pieces.size(); id++) {
            ids.putIfAbsent(pieces.get(id).text(), id);
        }
        return ids;
    }

    /**
     * The pieces that are looked for in texts first. Those with a meaning SentencePiece itself leaves to others.
     *
     * @param symbols whether those are among them that are never cut
     */
    private static AddedTokens added(List<Piece> pieces, boolean symbols) {
        var added = new AddedTokens();
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            switch (piece.kind()) {
                case CONTROL, UNKNOWN -> added.special(piece.text(), id);
                case USER_DEFINED -> {
                    if (symbols) {
                        added.symbol(piece.text(), id);
                    }
                }
                case NORMAL, UNUSED, BYTE -> {}
            }
        }
        return added;
    }

    /** The pieces, and the added tokens that have others' numbers or come behind: the library numbers what is no piece itself. */
    private static List<Piece> numbered(Path file, List<Piece> pieces, Map<Integer, String> added) {
        var all = new ArrayList<>(pieces);
        added.forEach((id, text) -> {
            if (id - pieces.size() > FAR) {
                throw new DataException(file + ": \"" + text + "\" is token " + id + " beside it, far behind its "
                        + pieces.size() + " pieces; copy the model's own files again");
            }
            while (all.size() <= id) {
                all.add(Piece.control("<no token " + all.size() + ">"));
            }
            Piece piece = all.get(id);
            if (!piece.text().equals(text)) {
                all.set(id, new Piece(text, piece.score(), piece.kind()));
            }
        });
        return all;
    }

    private ObjectNode json(AddedTokens added) {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("version", "1.0");
        added.into(json.putArray("added_tokens"));
        json.set("normalizer", Steps.all("normalizers", spelling()));
        ArrayNode parts = parts();
        json.set("pre_tokenizer", parts.isEmpty() ? null : Steps.all("pretokenizers", parts));
        Frame frame =
                family.framing().of(role -> settings.token(role, family.roles().getOrDefault(role, "")), settings);
        if (frame.isEmpty()) {
            json.putNull("post_processor");
        } else {
            frame.into(json.putObject("post_processor"), added::id);
        }
        json.set("decoder", Steps.all("decoders", decoders()));
        json.set("model", model.merges() ? merging() : choosing());
        return json;
    }

    private ArrayNode spelling() {
        ArrayNode steps = Configs.JSON.createArrayNode();
        family.preparation().add(steps, settings);
        if (model.spelling().composes()) {
            steps.add(Steps.of("NFC"));
        }
        if (!model.spelling().characters().isEmpty()) {
            steps.add(Steps.of("Precompiled")
                    .put("precompiled_charsmap", model.spelling().characters()));
        }
        boolean collapsed = model.spelling().collapsed();
        if (collapsed) {
            steps.add(Steps.replaceAll("\\A +", ""));
            steps.add(Steps.replaceAll(" {2,}", " "));
            if (splitsPunctuation()) {
                steps.add(Steps.replaceAll("(?<=" + PUNCTUATION + ") | (?=" + PUNCTUATION + ")", ""));
            }
        }
        steps.add(Steps.replace(" ", BLANK));
        if (collapsed) { // at the end, a text's own marks of blanks too
            steps.add(Steps.replaceAll(BLANK + "+\\z", ""));
        }
        return steps;
    }

    /** DeBERTa's: each sign and all between two is a text of its own. */
    private boolean splitsPunctuation() {
        return settings.flag("split_by_punct", false);
    }

    private ArrayNode parts() {
        ArrayNode steps = Configs.JSON.createArrayNode();
        if (splitsPunctuation()) {
            steps.add(Steps.of("Punctuation").put("behavior", "Isolated"));
        }
        if (prefixed) { // by another mark than the text's own blanks, since a text that begins with such a mark gets
            // none
            steps.add(Steps.blanks(" ", settings.flag("legacy", true) ? "always" : "first"));
            steps.add(Steps.blanks(BLANK, "never"));
        }
        if (splitsSymbols()) {
            steps.add(Steps.split(symbols()
                    .sorted(Comparator.comparing(String::length).reversed())
                    .map(symbol -> symbol.replaceAll("[\\\\.*+?^$|()\\[\\]{}]", "\\\\$0"))
                    .collect(Collectors.joining("|"))));
        }
        return steps;
    }

    /** Whether pieces that are never cut stand apart, with no blank behind them, as one would be behind an added token. */
    private boolean splitsSymbols() {
        return model.merges() && prefixed && symbols().findAny().isPresent();
    }

    private Stream<String> symbols() {
        return model.pieces().stream()
                .filter(piece -> piece.kind() == Piece.Kind.USER_DEFINED)
                .map(Piece::text);
    }

    private ArrayNode decoders() {
        ArrayNode steps = Configs.JSON.createArrayNode();
        steps.add(Steps.replace(BLANK, " "));
        if (model.bytes()) {
            steps.add(Steps.of("ByteFallback"));
        }
        steps.add(Steps.of("Fuse"));
        if (prefixed) {
            steps.add(Steps.of("Strip").put("content", " ").put("start", 1).put("stop", 0));
        }
        return steps;
    }

    /** The likeliest pieces of all that make up the text (T. Kudo, "Subword Regularization", ACL 2018, section 3.2). */
    private ObjectNode choosing() {
        ObjectNode json = Steps.of("Unigram").put("unk_id", model.unknown()).put("byte_fallback", model.bytes());
        ArrayNode vocabulary = json.putArray("vocab");
        for (Piece piece : model.pieces()) {
            boolean isNeverCut = piece.kind() == Piece.Kind.USER_DEFINED;
            vocabulary.addArray().add(piece.text()).add(isNeverCut ? NEVER_CUT : piece.score());
        }
        return json;
    }

    /** Neighbours merged as long as they make a piece (R. Sennrich et al., ACL 2016, section 3.2). */
    private ObjectNode merging() {
        ObjectNode json = Steps.of("BPE")
                .put("unk_token", model.pieces().get(model.unknown()).text())
                .put("fuse_unk", true)
                .put("byte_fallback", model.bytes())
                .put("ignore_merges", splitsSymbols());
        ObjectNode vocabulary = json.putObject("vocab");
        for (int id = 0; id < model.pieces().size(); id++) {
            vocabulary.put(model.pieces().get(id).text(), id);
        }
        ArrayNode merges = json.putArray("merges");
        model.pairs().forEach(pair -> merges.addArray().add(pair.left()).add(pair.right()));
        return json;
    }
}
