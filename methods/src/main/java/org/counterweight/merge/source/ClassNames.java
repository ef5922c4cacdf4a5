package org.counterweight.merge.source;

import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.mergekit.ModelReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the rows of a classifier's head mean: where they mean different classes in two models, their mean is of no use.
 *
 * @param names in the order of the rows; {@code LABEL_0} and so on where nobody gave any
 */
public record ClassNames(ModelLayout model, List<String> names) {
    private static final String UNNAMED = "LABEL_";

    /** Those of a classifier; null for a model of another kind, or without config. */
    private static @Nullable ClassNames of(ModelLayout model) {
        if (!model.directory().hasConfig()) {
            return null;
        }
        ObjectNode config = model.directory().config();
        JsonNode names = config.path("id2label");
        return config.path("architectures").toString().contains("Classification")
                ? new ClassNames(
                        model,
                        IntStream.range(0, names.size())
                                .mapToObj(i -> names.path(String.valueOf(i)).asString(UNNAMED + i))
                                .toList())
                : null;
    }

    /**
     * Refuses classifiers that name their classes differently, or in another order; those of a base may have no names, as its
     * head is yet to be trained.
     *
     * @param allowShapeMismatch whether heads of other numbers of rows are left out of the merge
     * @throws ConfigException with two of the models, and a class
     */
    public static void check(List<ModelLayout> models, @Nullable ModelReference base, boolean allowShapeMismatch) {
        ClassNames first = null;
        for (ModelLayout model : models) {
            ClassNames own = of(model);
            if (first == null && own != null && own.isNamed()) {
                first = own;
            }
        }
        if (first == null) {
            return;
        }
        for (ModelLayout model : models) {
            ClassNames own = of(model);
            boolean isUnnamedBase =
                    own != null && !own.isNamed() && model.reference().equals(base);
            if (own != null && !isUnnamedBase && !own.names.equals(first.names)) {
                first.check(own, allowShapeMismatch);
            }
        }
    }

    private boolean isNamed() {
        return IntStream.range(0, names.size()).anyMatch(i -> !names.get(i).equals(UNNAMED + i));
    }

    private void check(ClassNames other, boolean allowShapeMismatch) {
        if (!other.names.isEmpty() && other.names.size() != names.size()) {
            if (allowShapeMismatch) {
                return;
            }
            throw refusal(names.size() + " classes in " + text() + ", " + other.names.size() + " in " + other.text());
        }
        for (int i = 0; i < names.size(); i++) {
            String name = other.names.isEmpty() ? UNNAMED + i : other.names.get(i);
            if (!name.equals(names.get(i))) {
                throw refusal("class " + i + " is \"" + names.get(i) + "\" in " + text() + ", \"" + name + "\" in "
                        + other.text());
            }
        }
    }

    private static ConfigException refusal(String difference) {
        return new ConfigException(
                "id2label: " + difference + "; only classifiers of the same classes in one order can be"
                        + " merged. If they are the same, write the same names into each config.json (--allow-crimes tries"
                        + " nevertheless)");
    }

    private String text() {
        return model.reference().text();
    }
}
