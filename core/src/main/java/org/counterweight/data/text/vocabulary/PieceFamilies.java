package org.counterweight.data.text.vocabulary;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.data.text.vocabulary.PieceFamily.Arrangement;
import org.counterweight.data.text.vocabulary.PieceFamily.Framing;
import org.counterweight.data.text.vocabulary.PieceFamily.Preparation;
import org.counterweight.data.text.vocabulary.piece.Piece;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The families whose SentencePiece models are read. */
final class PieceFamilies {
    private static final String SENTINEL = "<extra_id_";
    private static final int MOST_SENTINELS = 100_000;

    /** Classes that read any tokenizer, and so do not say whose it is. */
    private static final Set<String> ANYONES = Set.of("", "PreTrained", "TokenizersBackend");

    private static final Map<String, String> ROBERTA = Map.of(
            "bos_token", "<s>",
            "eos_token", "</s>",
            "unk_token", "<unk>",
            "sep_token", "</s>",
            "pad_token", "<pad>",
            "cls_token", "<s>",
            "mask_token", "<mask>");

    /** Two texts have its last token twice between them. */
    private static final Framing LIKE_ROBERTA = (token, settings) ->
            new Frame(token.apply("cls_token"), token.apply("sep_token"), token.apply("sep_token"), 0);

    /** A decoder's texts begin with a token, and end with one where that is asked for. */
    private static final Framing CONTINUED = (token, settings) -> {
        String first = settings.flag("add_bos_token", true) ? token.apply("bos_token") : "";
        String last = settings.flag("add_eos_token", false) ? token.apply("eos_token") : "";
        return new Frame(first, last, first, 1);
    };

    private static final PieceFamily DEBERTA = new PieceFamily(
            List.of("DebertaV2"),
            List.of("deberta-v2"),
            Map.of(
                    "bos_token", "[CLS]",
                    "eos_token", "[SEP]",
                    "unk_token", "[UNK]",
                    "sep_token", "[SEP]",
                    "pad_token", "[PAD]",
                    "cls_token", "[CLS]",
                    "mask_token", "[MASK]"),
            Arrangement.PLAIN,
            (steps, settings) -> lowerCase(steps, settings, false),
            Framing.BERT);

    private static final PieceFamily T5 = new PieceFamily(
            List.of("T5", "MT5"),
            List.of("t5", "mt5", "umt5"),
            Map.of("eos_token", "</s>", "unk_token", "<unk>", "pad_token", "<pad>"),
            PieceFamilies::withSentinels,
            Preparation.NONE,
            (token, settings) -> new Frame("", token.apply("eos_token"), "", 0));

    private static final PieceFamily XLM_ROBERTA = new PieceFamily(
            List.of("XLMRoberta"),
            List.of("xlm-roberta", "xlm-roberta-xl"),
            ROBERTA,
            (pieces, settings) -> fairseq(
                    List.of(
                            Piece.control("<s>"),
                            Piece.control("<pad>"),
                            Piece.control("</s>"),
                            new Piece("<unk>", 0, Piece.Kind.UNKNOWN)),
                    pieces,
                    3),
            Preparation.NONE,
            LIKE_ROBERTA);

    private static final PieceFamily CAMEMBERT = new PieceFamily(
            List.of("Camembert"),
            List.of("camembert"),
            ROBERTA,
            (pieces, settings) -> fairseq(
                    List.of(
                            Piece.control("<s>NOTUSED"),
                            Piece.control("<pad>"),
                            Piece.control("</s>NOTUSED"),
                            new Piece("<unk>", 0, Piece.Kind.UNKNOWN),
                            Piece.control("<unk>NOTUSED")),
                    pieces,
                    1),
            Preparation.NONE,
            LIKE_ROBERTA);

    private static final PieceFamily ALBERT = new PieceFamily(
            List.of("Albert"),
            List.of("albert"),
            Map.of(
                    "bos_token", "[CLS]",
                    "eos_token", "[SEP]",
                    "unk_token", "<unk>",
                    "sep_token", "[SEP]",
                    "pad_token", "<pad>",
                    "cls_token", "[CLS]",
                    "mask_token", "[MASK]"),
            (pieces, settings) -> pieces.stream().map(PieceFamilies::commaApart).toList(),
            (steps, settings) -> {
                steps.add(Steps.replace("``", "\"")).add(Steps.replace("''", "\""));
                if (!settings.flag("keep_accents", false)) {
                    steps.add(Steps.of("NFKD")).add(Steps.of("StripAccents"));
                }
                lowerCase(steps, settings, true);
            },
            Framing.BERT);

    private static final PieceFamily LLAMA = new PieceFamily(
            List.of("Llama"),
            List.of("llama", "mistral", "mixtral"),
            Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>"),
            Arrangement.PLAIN,
            Preparation.NONE,
            CONTINUED);

    private static final PieceFamily GEMMA = new PieceFamily(
            List.of("Gemma"),
            List.of("gemma", "gemma2", "gemma3_text"),
            Map.of("bos_token", "<bos>", "eos_token", "<eos>", "unk_token", "<unk>", "pad_token", "<pad>"),
            Arrangement.PLAIN,
            Preparation.NONE,
            CONTINUED);

    private static final List<PieceFamily> ALL = List.of(DEBERTA, T5, XLM_ROBERTA, CAMEMBERT, ALBERT, LLAMA, GEMMA);

    private PieceFamilies() {}

    /**
     * Whose a model is: of the class that the tokenizer's settings or the model's name, else of the model's type.
     *
     * @throws DataException if it is of none of those here, or nothing says whose it is
     */
    static PieceFamily of(Path file, TokenizerSettings settings) {
        String type = settings.anyType();
        boolean isNamed = !ANYONES.contains(type);
        String whose = isNamed ? type : settings.modelType();
        if (whose.isEmpty() && String.valueOf(file.getFileName()).equals("spm.model")) {
            return DEBERTA; // nobody else calls it so
        }
        return ALL.stream()
                .filter(family -> (isNamed ? family.classes() : family.models()).contains(whose))
                .findFirst()
                .orElseThrow(() -> new DataException(file
                        + (whose.isEmpty()
                                ? ": no file beside it says whose tokenizer it is (model_type in config.json, or"
                                        + " tokenizer_class in " + TokenizerFiles.SETTINGS
                                        + "); copy the model's own, or "
                                : ": is SentencePiece's file of " + whose
                                        + ", whose tokens are not read from it here; ")
                        + TokenizerFiles.conversion(file)));
    }

    private static void lowerCase(ArrayNode steps, TokenizerSettings settings, boolean usual) {
        if (settings.flag("do_lower_case", usual)) {
            steps.add(Steps.of("Lowercase"));
        }
    }

    /** T5's tokens for what is missing in a text, the last first, behind the pieces that are not there yet. */
    private static List<Piece> withSentinels(List<Piece> pieces, TokenizerSettings settings) {
        Set<String> known = new HashSet<>();
        pieces.forEach(piece -> known.add(piece.text()));
        var all = new ArrayList<>(pieces);
        for (int i = sentinels(pieces, settings) - 1; i >= 0; i--) {
            String sentinel = SENTINEL + i + ">";
            if (!known.contains(sentinel)) {
                all.add(Piece.control(sentinel));
            }
        }
        return all;
    }

    /** As many as the settings count or list; else a hundred, if the model itself has none. */
    private static int sentinels(List<Piece> pieces, TokenizerSettings settings) {
        JsonNode count = settings.own().path("extra_ids");
        if (count.isNumber()) {
            if (!count.isInt() || count.asInt() < 0 || count.asInt() > MOST_SENTINELS) {
                throw new ConfigException(
                        TokenizerFiles.SETTINGS + ": extra_ids", count, "an integer from 0 to " + MOST_SENTINELS);
            }
            return count.asInt();
        }
        long listed = settings.additional().stream()
                .filter(token -> token.toString().contains(SENTINEL))
                .count();
        boolean has = pieces.stream().anyMatch(piece -> piece.text().contains(SENTINEL));
        return listed > 0 ? (int) listed : has ? 0 : 100;
    }

    /**
     * Fairseq's order, in which these models were trained: its own tokens, then SentencePiece's, then the one that hides a word.
     *
     * @param replaced how many of SentencePiece's fairseq has others for
     */
    private static List<Piece> fairseq(List<Piece> own, List<Piece> pieces, int replaced) {
        var all = new ArrayList<>(own);
        all.addAll(pieces.subList(Math.min(replaced, pieces.size()), pieces.size()));
        all.add(Piece.control("<mask>"));
        return all;
    }

    /** ALBERT reads a comma behind a digit as a token of its own: pieces that have both are made the last choice. */
    private static Piece commaApart(Piece piece) {
        return piece.text().matches(".*\\p{Nd},") ? new Piece(piece.text(), piece.score() - 100, piece.kind()) : piece;
    }
}
