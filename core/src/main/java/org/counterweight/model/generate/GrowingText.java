package org.counterweight.model.generate;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.counterweight.model.generate.Continuations.Continued;
import org.counterweight.model.generate.Continuations.Ended;
import org.jspecify.annotations.Nullable;

/** A text while tokens are added to it. */
final class GrowingText {
    private final int place;
    private final long[] asked;
    private final long[] text;
    private final int begun;
    private final SplittableRandom random;
    private int length;
    private @Nullable Ended ended;

    /**
     * @param place among all prompts
     * @param asked the prompt
     * @param begin what the text begins with: the prompt, or of a model that answers it, the answer's start
     */
    GrowingText(int place, long[] asked, long[] begin, int most, SplittableRandom random) {
        this.place = place;
        this.asked = asked;
        this.begun = begin.length;
        this.text = Arrays.copyOf(begin, begin.length + most);
        this.length = begin.length;
        this.random = random;
    }

    int begun() {
        return begun;
    }

    long[] asked() {
        return asked;
    }

    /** The token at a place that it has. */
    long token(int at) {
        return text[at];
    }

    /** Whether its token after so many is still to be found. */
    boolean wants(int tokens) {
        return tokens >= begun;
    }

    /** The next number in [0, 1) of its own. */
    double draw() {
        return random.nextDouble();
    }

    void add(long token, Continuations settings) {
        if (settings.ends().contains(token)) {
            ended = Ended.END;
            return;
        }
        text[length++] = token;
        if (!settings.follower().added(place, token)) {
            ended = Ended.FOLLOWER;
        } else if (length == text.length) {
            ended = Ended.LENGTH;
        }
    }

    boolean isGrowing() {
        return ended == null;
    }

    Continued continued() {
        if (ended == null) {
            throw new IllegalStateException("text " + place + " is not at its end");
        }
        return new Continued(Arrays.copyOfRange(text, begun, length), ended);
    }
}
