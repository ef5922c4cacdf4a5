package org.counterweight.jobs.predict.entity;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.data.text.TokenPlaces;
import org.counterweight.data.text.tag.TagScheme;

/**
 * A text whose tokens have tags, and the entities that these say; as {@code TokenClassificationPipeline} of transformers puts them
 * together, and beyond it tags that say where an entity ends (E, S, L, U), which that passes over.
 *
 * @param tags the names of the tags
 * @param shares the probability of each tag of each token, token by token
 */
public record TaggedText(TokenPlaces tokens, List<String> tags, double[] shares) {
    public TaggedText {
        tags = List.copyOf(tags);
        shares = shares.clone();
    }

    /** A token, or a word, with its tag, and whether it is a part of the word before it. */
    private record Piece(String tag, double score, int start, int end, boolean inner) {}

    /** Each token has the likeliest tag of its own. */
    public List<Entity> ofTokens() {
        return grouped(pieces());
    }

    /** Each word has the likeliest tag of its first token. */
    public List<Entity> ofWords() {
        var words = new ArrayList<Piece>();
        for (Piece piece : pieces()) {
            if (piece.inner() && !words.isEmpty()) {
                Piece word = words.remove(words.size() - 1);
                words.add(new Piece(word.tag(), word.score(), word.start(), piece.end(), false));
            } else {
                words.add(piece);
            }
        }
        return grouped(words);
    }

    private List<Piece> pieces() {
        var pieces = new ArrayList<Piece>();
        for (int token = 0; token < tokens.ids().length; token++) {
            if (tokens.starts()[token] >= 0) {
                int best = 0;
                for (int tag = 1; tag < tags.size(); tag++) {
                    best = share(token, tag) > share(token, best) ? tag : best;
                }
                pieces.add(new Piece(
                        tags.get(best),
                        share(token, best),
                        tokens.starts()[token],
                        tokens.ends()[token],
                        tokens.inner()[token]));
            }
        }
        return pieces;
    }

    private double share(int token, int tag) {
        return shares[token * tags.size() + tag];
    }

    private List<Entity> grouped(List<Piece> pieces) {
        TagScheme scheme = TagScheme.of(tags);
        var entities = new ArrayList<Entity>();
        var open = new ArrayList<Piece>();
        for (Piece piece : pieces) {
            if (!open.isEmpty() && !joins(scheme, open.get(open.size() - 1).tag(), piece.tag())) {
                add(scheme, open, entities);
            }
            open.add(piece);
        }
        add(scheme, open, entities);
        return entities;
    }

    private static boolean joins(TagScheme scheme, String before, String tag) {
        return type(scheme, before).equals(type(scheme, tag)) && !scheme.parts(before, tag);
    }

    private static String type(TagScheme scheme, String tag) {
        return scheme.marked() ? TagScheme.type(tag) : tag;
    }

    private static void add(TagScheme scheme, List<Piece> open, List<Entity> into) {
        if (!open.isEmpty() && !TagScheme.isOutside(open.get(0).tag())) {
            into.add(new Entity(
                    type(scheme, open.get(0).tag()),
                    open.stream().mapToDouble(Piece::score).average().orElse(0),
                    open.get(0).start(),
                    open.get(open.size() - 1).end()));
        }
        open.clear();
    }
}
