package org.counterweight.model.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/**
 * Goes on with many texts at once, token after token, each with random numbers of its own: what becomes of a text does not
 * depend on those beside it, but for the last bits of a product's sum.
 *
 * <p>Texts of a batch are read up to the length of the shortest, and go on together from there: the longer ones with tokens
 * that they have already. So no place is ever padded, and positions, windows and states are those of a text alone.
 *
 * @param params in effect without gradients; merged ones are faster
 * @param ends tokens that end a text
 * @param batch how many texts at once
 * @param follower is told of each token
 */
public record Continuations(
        Model model, Params params, Generation settings, Set<Long> ends, int batch, Follower follower) {
    /** Texts in one batch differ by no more tokens than this, or an eighth: else the short ones would wait for the long. */
    private static final int APART = 16;

    private static final int USUAL = 32;

    public Continuations {
        ends = Set.copyOf(ends);
        if (batch < 1) {
            throw new ConfigException("batch", batch, "an integer of at least 1");
        }
    }

    /** With the usual number of texts at once, and nobody who is told. */
    public static Continuations of(Model model, Params params, Generation settings, Set<Long> ends) {
        return new Continuations(model, params, settings, ends, USUAL, (text, token) -> true);
    }

    /** With another number of texts at once. */
    public Continuations inBatches(int texts) {
        return new Continuations(model, params, settings, ends, texts, follower);
    }

    /** With somebody who is told of each token. */
    public Continuations followedBy(Follower other) {
        return new Continuations(model, params, settings, ends, batch, other);
    }

    /** Is told of each token, and may end a text. */
    @FunctionalInterface
    public interface Follower {
        /**
         * A token was added.
         *
         * @param text its place among the prompts
         * @return whether the text is to go on
         */
        boolean added(int text, long token);
    }

    /** Why a text ended. */
    public enum Ended {
        /** With one of the tokens that end a text. */
        END,
        /** Its follower ended it. */
        FOLLOWER,
        /** It has as many tokens as were allowed. */
        LENGTH
    }

    /**
     * What came after a prompt.
     *
     * @param tokens those added, without the one that ended them
     */
    public record Continued(long[] tokens, Ended ended) {}

    /**
     * Goes on with each text, in their order.
     *
     * @param prompts at least one token each
     * @param first the number of the first text, by which each has its random numbers
     */
    public List<Continued> after(List<long[]> prompts, long first) {
        Seed seed = new Seed(settings.seed());
        return after(
                prompts,
                IntStream.range(0, prompts.size())
                        .mapToObj(i -> seed.child(first + i))
                        .toList());
    }

    /**
     * The same.
     *
     * @param seeds where each text's random numbers come from
     */
    public List<Continued> after(List<long[]> prompts, List<Seed> seeds) {
        var texts = new ArrayList<GrowingText>();
        for (int i = 0; i < prompts.size(); i++) {
            if (prompts.get(i).length == 0) {
                throw new IllegalArgumentException("the prompt has no token to go on from");
            }
            long[] begin = model.answerStart().isPresent()
                    ? new long[] {model.answerStart().getAsLong()}
                    : prompts.get(i);
            texts.add(new GrowingText(
                    i,
                    prompts.get(i),
                    begin,
                    settings.maxNewTokens(),
                    seeds.get(i).random()));
        }
        try (var scope = Scope.open();
                var off = Tensors.inference()) {
            for (List<GrowingText> together : batches(texts)) {
                try (var run = new GrowingBatch(this, together)) {
                    run.toTheEnd();
                }
            }
        }
        return texts.stream().map(GrowingText::continued).toList();
    }

    private List<List<GrowingText>> batches(List<GrowingText> texts) {
        List<GrowingText> byLength = texts.stream()
                .sorted(Comparator.comparingInt(GrowingText::begun))
                .toList();
        var batches = new ArrayList<List<GrowingText>>();
        int from = 0;
        for (int to = 1; to <= byLength.size(); to++) {
            int shortest = byLength.get(from).begun();
            if (to == byLength.size()
                    || to - from == batch
                    || byLength.get(to).begun() > shortest + Math.max(APART, shortest / 8)) {
                batches.add(byLength.subList(from, to));
                from = to;
            }
        }
        return batches;
    }
}
