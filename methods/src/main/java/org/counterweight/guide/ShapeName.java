package org.counterweight.guide;

import java.util.function.Function;
import org.counterweight.config.ConfigException;
import org.counterweight.guide.shape.CogVideoXLegacy;
import org.counterweight.guide.shape.IndexInterval;
import org.counterweight.guide.shape.LevelInterval;
import org.counterweight.guide.shape.PlainShape;
import org.counterweight.guide.shape.PowerCosine;
import org.counterweight.guide.shape.Shape;
import org.jspecify.annotations.Nullable;

/** The shapes by the words of settings. */
public enum ShapeName {
    STATIC(settings -> PlainShape.STATIC),
    LINEAR(settings -> PlainShape.LINEAR),
    COSINE(settings -> PlainShape.COSINE),
    INVLINEAR(settings -> PlainShape.INVLINEAR),
    SINE(settings -> PlainShape.SINE),
    VSHAPE(settings -> PlainShape.VSHAPE),
    LAMBDA(settings -> PlainShape.LAMBDA),
    PCS(settings -> new PowerCosine(settings.s())),
    INTERVAL(settings -> new LevelInterval(bound("lo", settings.lo()), bound("hi", settings.hi()))),
    INTERVAL_INDEX(settings -> new IndexInterval(bound("lo", settings.lo()), bound("hi", settings.hi()))),
    WEBUI_V(settings -> PlainShape.WEBUI_V),
    WEBUI_A(settings -> PlainShape.WEBUI_A),
    COGVIDEOX_LEGACY(settings -> new CogVideoXLegacy());

    private final Function<GuidanceConfig, Shape> shape;

    ShapeName(Function<GuidanceConfig, Shape> shape) {
        this.shape = shape;
    }

    Shape shape(GuidanceConfig settings) {
        return shape.apply(settings);
    }

    private static double bound(String field, @Nullable Double value) {
        if (value == null) {
            throw new ConfigException("guidance." + field + ": an interval needs it; set lo and hi");
        }
        return value;
    }
}
