package org.counterweight.data.text.tag;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;

/**
 * Sentences, and the tag of each word.
 *
 * @param words of each sentence
 * @param tags as many of each
 * @param place of a sentence, in words for messages
 */
public record TaggedSentences(List<List<String>> words, List<List<String>> tags, IntFunction<String> place) {
    /** @throws DataException if a sentence has other numbers of words and of tags, or none */
    public TaggedSentences {
        words = List.copyOf(words);
        tags = List.copyOf(tags);
        if (words.size() != tags.size()) {
            throw new IllegalArgumentException(words.size() + " sentences, but tags for " + tags.size());
        }
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).size() != tags.get(i).size()) {
                throw new DataException(place.apply(i) + ": has " + words.get(i).size() + " words and "
                        + tags.get(i).size() + " tags; give one for each");
            }
            if (words.get(i).isEmpty()) {
                throw new DataException(place.apply(i) + ": has no words; leave the row out");
            }
        }
    }

    /** Those of several files, one after the other. */
    static TaggedSentences joined(List<TaggedSentences> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        var words = new ArrayList<List<String>>();
        var tags = new ArrayList<List<String>>();
        var places = new ArrayList<String>();
        for (TaggedSentences part : parts) {
            words.addAll(part.words);
            tags.addAll(part.tags);
            IntStream.range(0, part.size()).mapToObj(part.place).forEach(places::add);
        }
        return new TaggedSentences(words, tags, places::get);
    }

    public int size() {
        return words.size();
    }

    /** The tags that occur, by the alphabet. */
    public List<String> names() {
        var names = new TreeSet<String>();
        tags.forEach(names::addAll);
        return List.copyOf(names);
    }

    /**
     * Refuses a tag that is none of these.
     *
     * @throws DataException with the first sentence that has one
     */
    public TaggedSentences requireTags(Collection<String> known) {
        for (int i = 0; i < tags.size(); i++) {
            for (String tag : tags.get(i)) {
                if (!known.contains(tag)) {
                    throw new DataException(place.apply(i) + ": the tag \"" + tag + "\" is none of the known ones ("
                            + String.join(", ", known) + ")");
                }
            }
        }
        return this;
    }
}
