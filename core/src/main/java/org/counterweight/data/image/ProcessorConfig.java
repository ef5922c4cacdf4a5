package org.counterweight.data.image;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code preprocessor_config.json}, with what transformers 5.18 takes where it says nothing.
 *
 * @param origin what messages begin with
 */
record ProcessorConfig(String origin, ObjectNode json) {
    private static final String CONVNEXT = "ConvNext";
    private static final String SIZE = "size";
    private static final String CUT = "crop_size";
    private static final String SHORTER = "shortest_edge";

    /** From this size on, ConvNext's processor draws whole pictures and cuts nothing. */
    private static final int WHOLE = 384;

    private static final String HALF = "\"image_mean\": [0.5, 0.5, 0.5], \"image_std\": [0.5, 0.5, 0.5]";
    private static final String CLIP = "{\"resample\": 3, \"size\": {\"shortest_edge\": 224}, \"do_center_crop\": true,"
            + " \"crop_size\": {\"height\": 224, \"width\": 224}, \"image_mean\": [0.48145466, 0.4578275, 0.40821073],"
            + " \"image_std\": [0.26862954, 0.26130258, 0.27577711]}";

    private static final String VIT = "{\"resample\": 2, \"size\": {\"height\": 224, \"width\": 224}, " + HALF + "}";

    /** What processors take where a file says nothing, by the beginning of the name of their class. */
    private static final Map<String, String> USUAL = Map.of(
            "ViT",
            VIT,
            "DeiT",
            "{\"resample\": 3, \"size\": {\"height\": 256, \"width\": 256}, \"do_center_crop\": true,"
                    + " \"crop_size\": {\"height\": 224, \"width\": 224}, " + HALF + "}",
            CONVNEXT,
            "{\"resample\": 3, \"size\": {\"shortest_edge\": 384}, \"crop_pct\": 0.875, " + HALF + "}",
            "CLIP",
            CLIP,
            "Bit",
            CLIP);

    /** Whether it is one that was written here: of no class of transformers, values from 0 to 1. */
    boolean isOwn() {
        return type().isEmpty()
                && json.has("num_channels")
                && !json.path("do_normalize").asBoolean(true);
    }

    ImageForm ownForm() {
        int channels = count("num_channels", json.path("num_channels"));
        if (channels != 1 && channels != 3) {
            throw new ConfigException(origin + ": num_channels", channels, "1 for grey, or 3 for colour");
        }
        return new ImageForm(new ImageSet.Shape(
                channels,
                count("size.height", json.path(SIZE).path("height")),
                count("size.width", json.path(SIZE).path("width"))));
    }

    /** The beginning of the name of the processor's class: {@code ViT}; empty where the file names none. */
    private String type() {
        String name = json.path("image_processor_type")
                .asString(json.path("feature_extractor_type").asString(""));
        String known = name.replaceFirst("(ImageProcessor|FeatureExtractor)(Fast|Pil)?$", "");
        if (!known.isEmpty() && !USUAL.containsKey(known)) {
            throw new ConfigException(
                    origin + ": image_processor_type",
                    name,
                    "that of a model that is read here: " + String.join(", ", new TreeSet<>(USUAL.keySet()))
                            + ", each with ImageProcessor behind it");
        }
        return known;
    }

    ImageForm form() {
        ObjectNode usual = Configs.json(USUAL.getOrDefault(type(), VIT), "defaults");
        JsonNode stated = value("size", usual);
        boolean isCut = value("do_center_crop", usual).asBoolean(false);
        Processor.Exactly cut = isCut ? exactly(value(CUT, usual), CUT) : null;
        Processor.Size size = isOn("do_resize") ? size(stated, type()) : null;
        if (type().equals(CONVNEXT) && size instanceof Processor.Shorter shorter) {
            if (shorter.side() >= WHOLE) {
                size = new Processor.Exactly(shorter.side(), shorter.side());
            } else {
                cut = cut == null ? new Processor.Exactly(shorter.side(), shorter.side()) : cut;
                size = new Processor.Shorter((int) (shorter.side() / share(usual)));
            }
        }
        PixelValues values = values(usual);
        boolean isGrey = values.mean().length == 1 || json.path("num_channels").asInt(3) == 1;
        Resampling resampling = Resampling.of(count0("resample", value("resample", usual)), origin + ": resample");
        return new ImageForm(seen(size, cut, isGrey ? 1 : 3), new Processor(resampling, size, cut, values));
    }

    private ImageSet.Shape seen(Processor.@Nullable Size size, Processor.@Nullable Exactly cut, int channels) {
        Processor.Exactly last = cut != null ? cut : size instanceof Processor.Exactly exactly ? exactly : null;
        if (last != null) {
            return new ImageSet.Shape(channels, last.high(), last.wide());
        }
        throw new ConfigException(origin + ": pictures keep their own proportions, as nothing is cut (do_center_crop),"
                + " and a model is shown many at once here; give crop_size and do_center_crop: true, or size a height and"
                + " a width");
    }

    private Processor.Size size(JsonNode stated, String type) {
        boolean isSquare = type.equals("ViT") || type.equals("DeiT") || type.isEmpty();
        if (stated.isNumber() && !isSquare) {
            return new Processor.Shorter(count(SIZE, stated));
        }
        if (stated.isNumber() || stated.has("height")) {
            return exactly(stated, SIZE);
        }
        if (stated.has(SHORTER) && !stated.hasNonNull("longest_edge")) {
            return new Processor.Shorter(count(SIZE + "." + SHORTER, stated.path(SHORTER)));
        }
        throw new ConfigException(origin + ": size", stated, "a height and a width, or shortest_edge alone");
    }

    private Processor.Exactly exactly(JsonNode stated, String key) {
        return stated.isNumber()
                ? new Processor.Exactly(count(key, stated), count(key, stated))
                : new Processor.Exactly(
                        count(key + ".height", stated.path("height")), count(key + ".width", stated.path("width")));
    }

    private double share(ObjectNode usual) {
        double share = value("crop_pct", usual).asDouble(0);
        if (!(share > 0 && share <= 1)) {
            throw new ConfigException(origin + ": crop_pct", json.path("crop_pct"), "a share in (0, 1]");
        }
        return share;
    }

    private PixelValues values(ObjectNode usual) {
        double factor = isOn("do_rescale") ? json.path("rescale_factor").asDouble(1.0 / 255) : 1;
        if (!(factor > 0 && Double.isFinite(factor))) {
            throw new ConfigException(origin + ": rescale_factor", factor, "a number above 0 (1/255 is usual)");
        }
        if (json.path("offset").asBoolean(false)) {
            throw new ConfigException(
                    origin + ": offset: true is not done here; take a model that sees values from 0 on");
        }
        if (!isOn("do_normalize")) {
            return PixelValues.upTo(1 / factor);
        }
        float[] mean = numbers("image_mean", usual);
        float[] deviation = numbers("image_std", usual);
        for (float each : deviation) {
            if (!(each > 0)) {
                throw new ConfigException(origin + ": image_std", value("image_std", usual), "numbers above 0");
            }
        }
        return new PixelValues(1 / factor, mean, deviation);
    }

    /** One for each channel. */
    private float[] numbers(String key, ObjectNode usual) {
        JsonNode stated = value(key, usual);
        List<JsonNode> all = stated.isNumber()
                ? List.of(stated, stated, stated)
                : stated.valueStream().toList();
        if ((all.size() != 1 && all.size() != 3) || !all.stream().allMatch(JsonNode::isNumber)) {
            throw new ConfigException(origin + ": " + key, stated, "a number for each of three channels, or of one");
        }
        float[] numbers = new float[all.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) all.get(i).asDouble();
        }
        return numbers;
    }

    /** What the file says, or is usual; what says null says nothing. */
    private JsonNode value(String key, ObjectNode usual) {
        return json.hasNonNull(key) ? json.path(key) : usual.path(key);
    }

    private boolean isOn(String key) {
        return json.path(key).asBoolean(true);
    }

    private int count(String key, JsonNode value) {
        int count = count0(key, value);
        if (count < 1) {
            throw wrong(key, value);
        }
        return count;
    }

    private int count0(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 0) {
            throw wrong(key, value);
        }
        return value.asInt();
    }

    private ConfigException wrong(String key, JsonNode value) {
        return new ConfigException(origin + ": " + key, value, "an integer of at least 1");
    }
}
