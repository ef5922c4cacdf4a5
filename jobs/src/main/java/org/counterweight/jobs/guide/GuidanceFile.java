package org.counterweight.jobs.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.GuidancePlan;
import org.counterweight.guide.Normalize;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.diffusers.GuiderDraw;
import org.counterweight.guide.diffusers.GuiderFile;
import org.counterweight.guide.diffusers.SchedulerFile;
import org.counterweight.jobs.guide.choice.GuidanceChoice;
import org.counterweight.weights.Staged;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Schedules of guidance in files: a list of weights, a guider of diffusers, or what this program wrote. */
public final class GuidanceFile {
    private static final String SCHEDULE = "guidance_schedule";

    private GuidanceFile() {}

    /** @throws ConfigException if the file is there and may not be replaced, or the form cannot say it */
    public static void write(Path file, GuidanceForm form, GuidanceChoice choice, GuidancePlan plan, boolean replace) {
        if (Files.exists(file) && !replace) {
            throw new ConfigException(file + ": is there already; name another, or add --overwrite");
        }
        String text = form.text(choice, plan);
        try (Staged staged = Staged.file(file)) {
            Files.writeString(staged.path(), text + "\n");
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * A list of weights: a JSON array or numbers with commas between, in the convention, or what {@link GuidanceForm#JSON}
     * writes, which is in scale.
     *
     * @throws ConfigException if it is none
     */
    public static GuidanceConfig list(Path file, Convention convention) {
        String text = text(file).strip();
        boolean isObject = text.startsWith("{");
        JsonNode array;
        try {
            array = isObject
                    ? Configs.json(text, file.toString()).path(SCHEDULE)
                    : Configs.JSON.readTree(text.startsWith("[") ? text : "[" + text + "]");
        } catch (JacksonException e) {
            throw new ConfigException(noList(file), e);
        }
        var weights = new ArrayList<Double>();
        for (JsonNode weight : array) {
            if (!weight.isNumber()) {
                throw new ConfigException(noList(file));
            }
            weights.add(weight.asDouble());
        }
        if (!array.isArray() || weights.isEmpty()) {
            throw new ConfigException(noList(file));
        }
        return ofList(weights, isObject ? Convention.SCALE : convention);
    }

    private static GuidanceConfig ofList(List<Double> weights, Convention convention) {
        return new GuidanceConfig(
                ShapeName.STATIC, 1, convention, null, 1, null, null, Normalize.NONE, false, 0, 1, weights);
    }

    private static String noList(Path file) {
        return "--list: " + file + " holds no weights; expected numbers with commas between, as a"
                + " JSON array or without its brackets, or an object with " + SCHEDULE;
    }

    /**
     * What a {@code guider_config.json} says.
     *
     * @param before what it says nothing about: sampler and steps
     */
    public static GuidanceChoice guider(Path file, GuidanceChoice before) {
        GuiderFile guider = GuiderFile.of(Configs.json(text(file), file.toString()), file.toString());
        return new GuidanceChoice(guider.schedule(), GuiderDraw.draw(guider, before.draw()));
    }

    /** What a {@code scheduler_config.json} says about the noise. */
    public static SchedulerFile scheduler(Path file) {
        return SchedulerFile.of(Configs.json(text(file), file.toString()), file.toString());
    }

    private static String text(Path file) {
        try {
            return Configs.text(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
