package org.counterweight.fewgen.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.engine.Seed;
import org.counterweight.fewgen.prefix.PrefixGenerator;
import org.counterweight.model.Params;
import org.counterweight.model.generate.Continuations;
import org.counterweight.model.generate.Continuations.Continued;
import org.counterweight.model.generate.Continuations.Ended;
import org.counterweight.model.generate.Generation;
import org.jspecify.annotations.Nullable;

/**
 * Writes texts of one label: a single text begins with a word drawn from a list, the second sentence of a pair follows a first
 * one. What a candidate becomes depends on its number alone, so that writing can be broken off anywhere and continued.
 */
public final class LabelWriter {
    private final PrefixGenerator generator;
    private final Params writing;
    private final TextTokenizer tokenizer;
    private final LabelPrompt rules;
    private final WriteConfig config;
    private final Beginnings beginnings;
    private final Seed seed;
    private final TokenRows begun;

    /**
     * What texts begin with.
     *
     * @param texts words of which one is drawn, or first sentences of pairs, of which candidate i has the i-th
     * @param arePairs whether they are first sentences
     * @param limit tokens of a first sentence at most
     */
    public record Beginnings(List<String> texts, boolean arePairs, int limit) {
        public Beginnings {
            texts = List.copyOf(texts);
            if (texts.isEmpty()) {
                throw new ConfigException(
                        arePairs
                                ? "texts.unlabelled: there is no first sentence to write a second one to"
                                : "texts.starts: there is no word to begin a text with");
            }
        }
    }

    /**
     * A text that was written.
     *
     * @param number counted from 0
     * @param first the first sentence of a pair; null of a single text
     * @param ended whether the model ended it within the tokens allowed
     */
    public record Candidate(long number, @Nullable String first, String text, boolean ended) {}

    /**
     * @param label its place among the generator's
     * @param seed of all labels
     */
    public LabelWriter(
            PrefixGenerator generator,
            int label,
            TextTokenizer tokenizer,
            LabelPrompt rules,
            WriteConfig config,
            Beginnings beginnings,
            Seed seed) {
        this.generator = generator;
        this.writing = generator.writing(label);
        this.tokenizer = tokenizer;
        this.rules = rules;
        this.config = config;
        this.beginnings = beginnings;
        this.seed = seed;
        this.begun = tokenizer.encode(beginnings.texts(), false);
    }

    /** How many candidates there can be: as many as first sentences, of single texts any number. */
    public long most() {
        return beginnings.arePairs() ? beginnings.texts().size() : Long.MAX_VALUE;
    }

    /** Writes the candidates from one number up to and without another. */
    public List<Candidate> write(long from, long to) {
        var prompts = new ArrayList<long[]>();
        var seeds = new ArrayList<Seed>();
        var begins = new ArrayList<Integer>();
        for (long number = from; number < to; number++) {
            Seed own = seed.child(number);
            int begin = beginnings.arePairs()
                    ? Math.toIntExact(number)
                    : own.child("start").random().nextInt(begun.size());
            begins.add(begin);
            seeds.add(own.child("draws"));
            prompts.add(prompt(begin));
        }
        var settings = new Generation(
                config.maxTokens(), rules.temperature(), config.topK(), config.topP(), 0, rules.repetitionPenalty(), 0);
        List<Continued> written = Continuations.of(
                        generator.model(),
                        writing,
                        settings,
                        Set.of(generator.tokens().end()))
                .inBatches(config.batchSize())
                .after(prompts, seeds);
        var candidates = new ArrayList<Candidate>();
        for (int i = 0; i < written.size(); i++) {
            candidates.add(candidate(from + i, begins.get(i), written.get(i)));
        }
        return candidates;
    }

    private long[] prompt(int begin) {
        long[] ids = begun.ids(begin);
        if (!beginnings.arePairs()) {
            return ids;
        }
        long[] infix = generator.infix();
        long[] between = infix.length == 0 ? new long[] {generator.tokens().begin()} : infix;
        int first = Math.min(ids.length, beginnings.limit());
        long[] all = Arrays.copyOf(ids, first + between.length);
        System.arraycopy(between, 0, all, first, between.length);
        return all;
    }

    private Candidate candidate(long number, int begin, Continued written) {
        boolean ended = written.ended() == Ended.END;
        if (beginnings.arePairs()) {
            return new Candidate(number, beginnings.texts().get(begin), tokenizer.decode(written.tokens()), ended);
        }
        long[] start = begun.ids(begin);
        long[] all = Arrays.copyOf(start, start.length + written.tokens().length);
        System.arraycopy(written.tokens(), 0, all, start.length, written.tokens().length);
        return new Candidate(number, null, tokenizer.decode(all), ended && fits(all.length, config.maxTokens()));
    }

    /** Whether so many tokens are allowed of a single text: the one that ends it is one of them. */
    static boolean fits(int tokens, int most) {
        return tokens + 1 <= most;
    }
}
