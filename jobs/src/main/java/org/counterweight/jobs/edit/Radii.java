package org.counterweight.jobs.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.counterweight.edit.Editor;
import org.counterweight.edit.codebook.Distance;
import org.counterweight.edit.measure.RadiusChoice;
import org.counterweight.jobs.edit.input.EditLine;
import org.counterweight.jobs.edit.input.EditedModel;
import org.counterweight.jobs.edit.input.Upstream;
import org.jspecify.annotations.Nullable;

/**
 * What the data say about a radius: how far rephrasings of an input lie from it, and how far from edits the upstream texts lie.
 *
 * @param rephrased distances from edits to their rephrasings, at the wrapped layer
 * @param upstream distances from edits to upstream texts
 */
public record Radii(double[] rephrased, double[] upstream) {
    private static final int TEXTS = 200;

    /** Null where there are no rephrasings or no upstream texts. */
    static @Nullable Radii of(
            EditedModel model, Editor editor, Distance distance, List<EditLine> lines, @Nullable Upstream upstream) {
        List<EditLine> some = lines.subList(0, Math.min(TEXTS, lines.size()));
        if (upstream == null
                || some.stream().allMatch(line -> line.rephrasings().isEmpty())) {
            return null;
        }
        var others = new ArrayList<double[]>();
        for (String text :
                upstream.texts().subList(0, Math.min(TEXTS, upstream.texts().size()))) {
            others.add(query(model, editor, text));
        }
        var near = new ArrayList<Double>();
        var far = new ArrayList<Double>();
        for (EditLine line : some) {
            double[] query = query(model, editor, line.text());
            line.rephrasings().forEach(text -> near.add(distance.between(query, query(model, editor, text))));
            others.forEach(other -> far.add(distance.between(query, other)));
        }
        return new Radii(array(near), array(far));
    }

    private static double[] query(EditedModel model, Editor editor, String text) {
        try (var scope = org.counterweight.engine.Scope.open()) {
            return editor.activations(model.row(text)).queries()[0];
        }
    }

    private static double[] array(List<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).toArray();
    }

    public RadiusChoice choice() {
        return RadiusChoice.of(rephrased, upstream);
    }

    /** What to set eps to, in one line. */
    public String advice(double eps) {
        RadiusChoice choice = choice();
        OptionalDouble suggestion = choice.suggestion();
        String found = String.format(
                Locale.ROOT,
                "nine of ten rephrasings lie within %.3g of their edit; a radius of %.3g spares 99 of 100 upstream"
                        + " texts",
                choice.reaches(),
                choice.spares());
        return suggestion.isPresent()
                ? found
                        + String.format(
                                Locale.ROOT,
                                ". eps between them does both, such as %.3g; it is %.3g",
                                suggestion.getAsDouble(),
                                eps)
                : found + ", which is less: no eps does both at this layer; another one may";
    }
}
