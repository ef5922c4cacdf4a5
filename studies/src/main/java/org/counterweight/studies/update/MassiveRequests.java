package org.counterweight.studies.update;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.counterweight.data.DataException;
import org.counterweight.data.JsonLines;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.datasets.Cache;

/**
 * Spoken requests of MASSIVE, as BCWI's authors split them.
 *
 * @param ids of the requests
 * @param labels their intents
 * @param names of the intents that occur
 */
public record MassiveRequests(List<String> ids, List<String> texts, List<Integer> labels, Map<Integer, String> names) {
    /** The environment variable that names the directory. */
    public static final String PLACE = "CW_MASSIVE";

    /**
     * Where the split lies: no package registry has it, so it cannot be fetched.
     *
     * @param given what the environment says; may be blank
     */
    public static Path place(String given) {
        Path place = given.isBlank() ? Cache.ofUser().root().resolve("data").resolve("massive") : Path.of(given);
        if (!Files.isRegularFile(place.resolve("updated").resolve("train.jsonl"))) {
            throw new DataException(
                    place + ": has no updated/train.jsonl. bcwi-massive runs on MASSIVE (CC BY 4.0) as BCWI's"
                            + " authors split it: take the folders old and updated of add_data from"
                            + " github.com/amazon-science/regression-constraint-model-upgrade (nlp), and put them there or name their"
                            + " folder in " + PLACE);
        }
        return place;
    }

    /** @param part such as {@code updated/train.jsonl} */
    public static MassiveRequests read(Path place, String part) {
        var requests = new MassiveRequests(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new TreeMap<>());
        JsonLines.read(place.resolve(part), line -> {
            requests.ids.add(line.get("id"));
            requests.texts.add(line.get("text"));
            int label = line.values().path("label").asInt(-1);
            requests.labels.add(label);
            requests.names.put(label, line.get("label_name"));
        });
        return requests;
    }

    /** A name for each intent up to the highest. */
    public List<String> intents() {
        int count = 1 + labels.stream().mapToInt(i -> i).max().orElseThrow();
        return IntStream.range(0, count)
                .mapToObj(label -> names.getOrDefault(label, "label " + label))
                .toList();
    }

    MassiveRequests first(int most) {
        return rows(IntStream.range(0, Math.min(most, ids.size())).toArray());
    }

    public MassiveRequests rows(int... rows) {
        return new MassiveRequests(
                IntStream.of(rows).mapToObj(ids::get).toList(),
                IntStream.of(rows).mapToObj(texts::get).toList(),
                IntStream.of(rows).mapToObj(labels::get).toList(),
                names);
    }

    /** Those of several parts. */
    public MassiveRequests and(MassiveRequests others) {
        var names = new TreeMap<>(this.names);
        names.putAll(others.names);
        return new MassiveRequests(
                joined(ids, others.ids), joined(texts, others.texts), joined(labels, others.labels), names);
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /** @param intents of all parts, see {@link #intents} */
    public LabelledTexts labelled(List<String> intents) {
        return new LabelledTexts(texts, labels.stream().mapToInt(i -> i).toArray(), intents);
    }

    /** @param intents of all parts, see {@link #intents} */
    TextClassification tokenized(TextTokenizer tokenizer, List<String> intents) {
        return TextClassification.of(labelled(intents), tokenizer);
    }
}
