package org.counterweight.jobs.generate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.fewgen.generate.Acceptance.Text;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.recipe.program.FewData;

/**
 * Texts, or pairs of sentences, and the label of each.
 *
 * @param labels places in {@code names}
 * @param names of the labels, in their one order
 */
record FewRows(List<Text> texts, List<Integer> labels, List<String> names) {
    FewRows {
        texts = List.copyOf(texts);
        labels = List.copyOf(labels);
        names = List.copyOf(names);
    }

    /** The rows of a file. */
    static FewRows read(String name, FewData data, List<String> names, Consumer<String> remarks) {
        Path file = Path.of(name);
        var wanted = new ArrayList<>(List.of(Wanted.text(data.text()), Wanted.text(data.label())));
        if (data.pair() != null) {
            wanted.add(Wanted.text(data.pair()));
        }
        TableRows rows = new TextFile(file, data.format()).read(wanted, remarks);
        LabelledTexts labelled = LabelledTexts.of(
                rows.texts(data.text()),
                rows.texts(data.label()),
                names,
                row -> file + ": " + rows.places().get(row));
        List<Text> texts = IntStream.range(0, rows.size())
                .mapToObj(row -> data.pair() == null
                        ? new Text(null, rows.texts(data.text()).get(row))
                        : new Text(
                                rows.texts(data.text()).get(row),
                                rows.texts(data.pair()).get(row)))
                .toList();
        return new FewRows(texts, IntStream.of(labelled.labels()).boxed().toList(), labelled.labelNames());
    }

    /** Refuses labels of which there is no example. */
    FewRows requireEach(String file) {
        for (int label = 0; label < names.size(); label++) {
            if (!labels.contains(label)) {
                throw new DataException(file + ": has no example of the label \"" + names.get(label)
                        + "\"; give at least one, or leave the label out");
            }
        }
        return this;
    }

    int size() {
        return texts.size();
    }

    /** As a classifier's texts; of a pair both sentences. */
    LabelledTexts labelled() {
        int[] classes = labels.stream().mapToInt(Integer::intValue).toArray();
        List<String> written = texts.stream().map(Text::text).toList();
        List<String> first =
                texts.stream().map(Text::first).filter(Objects::nonNull).toList();
        return first.isEmpty()
                ? new LabelledTexts(written, classes, names)
                : new LabelledTexts(first, written, classes, names);
    }
}
