package org.counterweight.adapt.compacter;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.encoder.Encoder;
import org.jspecify.annotations.Nullable;

/** After which parts of a transformer's layers adapters stand. */
public enum Placement {
    /** After attention and after the feed-forward part: Houlsby, Compacter. */
    DOUBLE,
    /** After the feed-forward part: Compacter++. */
    FEED_FORWARD,
    /** After attention: Pfeiffer, as the official runs have it. */
    ATTENTION,
    /** After the feed-forward part's residual sum, whose normalisation is applied twice: AdapterHub's {@code seq_bn}. */
    SEQ_BN;

    private static final Pattern LAYER = Pattern.compile("\\.(\\d+)\\.");
    private static final String RESIDUAL = ".output.residual";

    /**
     * A place for one adapter.
     *
     * @param original the normalisation to be applied to what goes in, or null
     */
    record Place(String point, long width, @Nullable Norm original) {}

    /**
     * The places in a model.
     *
     * @param layers numbers of the layers that get adapters; empty for all
     * @throws ConfigException if there is none
     */
    List<Place> places(String of, Model model, Params params, List<Integer> layers) {
        var linears = new HashSet<>(model.modules().linears());
        var places = new ArrayList<Place>();
        for (String point : model.points()) {
            if (!layers.isEmpty() && !layers.contains(layer(point))) {
                continue;
            }
            boolean attention =
                    point.contains(".attention.") || point.contains(".attn.") || point.contains(".self_attn.");
            if (this == SEQ_BN) {
                if (point.endsWith(RESIDUAL)
                        && !attention
                        && model instanceof Encoder encoder
                        && params.has(normBehind(point) + ".weight")) {
                    places.add(sequential(point, params, encoder.layer().norm().eps()));
                }
            } else if (linears.contains(point) && (this == DOUBLE || attention == (this == ATTENTION))) {
                places.add(new Place(point, width(point, model), null));
            }
        }
        if (places.isEmpty()) {
            throw new ConfigException(
                    of + ".placement",
                    name().toLowerCase(java.util.Locale.ROOT),
                    "a placement that this model has" + (layers.isEmpty() ? "" : " in layers " + layers)
                            + "; its points: " + model.points());
        }
        return places;
    }

    /**
     * Refuses a number that is no layer's of the model.
     *
     * @throws ConfigException naming the number and those that there are
     */
    static void checkLayers(String of, Model model, List<Integer> layers) {
        Set<Integer> known = new TreeSet<>();
        model.points().forEach(point -> known.add(layer(point)));
        for (int layer : layers) {
            if (!known.contains(layer)) {
                throw new ConfigException(
                        of + ".layers",
                        layers,
                        "numbers of layers of this model: there is no " + layer + " among " + known);
            }
        }
    }

    /** The name of the layer norm behind a sum, where it lies beside the module before it. */
    private static String normBehind(String point) {
        return point.substring(0, point.length() - "residual".length()) + "LayerNorm";
    }

    private static Place sequential(String point, Params params, double eps) {
        String module = normBehind(point);
        Tensor weight = params.weight(module + ".weight");
        return new Place(point, weight.size(0), new Norm(weight, params.weight(module + ".bias"), eps));
    }

    private static long width(String point, Model model) {
        Map<String, long[]> shapes = new LinkedHashMap<>(model.shapes());
        long[] shape = shapes.get(point + ".weight");
        if (shape == null) {
            throw new IllegalStateException("the model lists the linear " + point + " but not its weight");
        }
        return model.modules().isTransposed(point) ? shape[1] : shape[0];
    }

    private static int layer(String point) {
        Matcher number = LAYER.matcher(point + ".");
        return number.find() ? Integer.parseInt(number.group(1)) : -1;
    }
}
