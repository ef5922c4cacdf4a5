package org.counterweight.merge.source;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a config counts the layers of a stack: at its top or in the part for words, for pictures, for sound; for the encoder
 * and for the decoder under keys of their own.
 */
public final class LayerCounts {
    private static final List<String> KEYS = List.of(
            "num_hidden_layers",
            "n_layer",
            "num_layers",
            "n_layers",
            "num_encoder_layers",
            "encoder_layers",
            "num_decoder_layers",
            "decoder_layers",
            "depth");

    private static final Pattern PICTURES = Pattern.compile("vision|visual|image|audio|speech");
    private static final String NEW = "num_decoder_layers"; // T5's, which counts as the encoder's where it is not given

    private LayerCounts() {}

    /** A part of a config by the keys that lead to it, and the key there. */
    public record Place(List<String> path, String key) {
        /** The part of {@code config} that this place lies in. */
        public JsonNode in(JsonNode config) {
            JsonNode part = config;
            for (String step : path) {
                part = part.path(step);
            }
            return part;
        }
    }

    /**
     * The places that count the layers of a stack; none if the config has none of a known key.
     *
     * @param stack the prefix of its layers
     * @param layers how many it has in the model of that config
     */
    public static List<Place> of(ObjectNode config, String stack, int layers) {
        var places = new ArrayList<Place>();
        collect(config, List.of(), places);
        places.removeIf(place -> place.in(config).path(place.key()).asInt(-1) != layers);
        boolean isPictures = PICTURES.matcher(stack).find();
        boolean anyPictures = places.stream().anyMatch(place -> isOfPictures(place));
        places.removeIf(place -> isOfPictures(place) != (isPictures && anyPictures));
        if (config.path("is_encoder_decoder").asBoolean(false)) {
            boolean isDecoder = ("." + stack + ".").contains(".decoder.");
            boolean own = places.stream().anyMatch(place -> place.key().contains("decoder"));
            if (isDecoder && !own && !places.isEmpty()) {
                return List.of(new Place(places.get(0).path(), NEW));
            }
            places.removeIf(place -> place.key().contains("decoder") != isDecoder);
        }
        return places;
    }

    private static boolean isOfPictures(Place place) {
        return place.path().stream().anyMatch(step -> PICTURES.matcher(step).find());
    }

    private static void collect(JsonNode part, List<String> path, List<Place> places) {
        for (String key : KEYS) {
            if (part.path(key).isInt()) {
                places.add(new Place(path, key));
            }
        }
        part.properties().forEach(entry -> {
            if (entry.getValue().isObject() && entry.getKey().endsWith("_config")) {
                var inner = new ArrayList<>(path);
                inner.add(entry.getKey());
                collect(entry.getValue(), inner, places);
            }
        });
    }
}
