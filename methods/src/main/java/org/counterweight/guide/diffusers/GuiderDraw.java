package org.counterweight.guide.diffusers;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.learn.DrawConfig;
import org.counterweight.guide.learn.RuleName;
import tools.jackson.databind.node.ObjectNode;

/** diffusers' guiders as settings of this program, and the other way round. */
public final class GuiderDraw {
    private static final String RESCALE = "guidance_rescale";
    private static final List<Way> WAYS = List.of(
            new Way(GuiderKind.CLASSIFIER_FREE, RuleName.PLAIN, Map.of()),
            new Way(
                    GuiderKind.ADAPTIVE_PROJECTED,
                    RuleName.APG,
                    Map.of(
                            "momentum", new Theirs("adaptive_projected_guidance_momentum", 0),
                            "norm", new Theirs("adaptive_projected_guidance_rescale", 15),
                            "eta", new Theirs("eta", 1))),
            new Way(GuiderKind.ZERO_STAR, RuleName.ZERO_STAR, Map.of("zero_steps", new Theirs("zero_init_steps", 1))),
            new Way(GuiderKind.MAGNITUDE_AWARE, RuleName.MAMBO_G, Map.of("alpha", new Theirs("alpha", 8))),
            new Way(GuiderKind.TANGENTIAL, RuleName.TANGENTIAL, Map.of()));

    private GuiderDraw() {}

    /** A rule in both worlds, and its settings by our names. */
    private record Way(GuiderKind kind, RuleName rule, Map<String, Theirs> settings) {}

    /**
     * One of diffusers' settings.
     *
     * @param usual its value where it is missing or null, which of a momentum means none
     */
    private record Theirs(String key, double usual) {}

    /**
     * How samples are drawn as a file says.
     *
     * @param before what it says nothing about: sampler and steps
     * @throws ConfigException if no sampler here is guided so
     */
    public static DrawConfig draw(GuiderFile file, DrawConfig before) {
        String name = file.kind().className();
        Way way = WAYS.stream()
                .filter(one -> one.kind() == file.kind())
                .findFirst()
                .orElseThrow(() -> new ConfigException(name + " needs another network or other answers of it than"
                        + " with and without the class; take ClassifierFreeGuidance"));
        if (!file.settings().path("adaptive_projected_guidance_norm_dim").isMissingNode()
                && !file.settings().path("adaptive_projected_guidance_norm_dim").isNull()) {
            throw new ConfigException(name + ": adaptive_projected_guidance_norm_dim goes with guiders asked from Java"
                    + " alone; leave it out for all of an image");
        }
        ObjectNode draw = Configs.tree(DrawConfig.of(before.steps()));
        draw.set("sampler", Configs.tree(before).get("sampler"));
        draw.set("corrector", Configs.tree(before).get("corrector"));
        draw.put("rule", way.rule().name().toLowerCase(Locale.ROOT));
        var keys = new Keys(file.settings(), name);
        draw.put("rescale", keys.number(RESCALE, 0));
        way.settings().forEach((ours, theirs) -> {
            Double said = keys.numberOrNull(theirs.key());
            double value = said == null ? theirs.usual() : said;
            if (value == Math.rint(value)) {
                draw.put(ours, (long) value);
            } else {
                draw.put(ours, value);
            }
        });
        return Configs.bind(draw, DrawConfig.class, name);
    }

    /**
     * The file of a constant weight.
     *
     * @throws ConfigException if such a file cannot say it
     */
    public static GuiderFile file(GuidanceConfig guidance, DrawConfig draw) {
        if (guidance.schedule() != ShapeName.STATIC || guidance.list() != null) {
            String what = guidance.list() == null ? guidance.schedule().name().toLowerCase(Locale.ROOT) : "a list";
            throw new ConfigException("a guider of diffusers has one weight, and " + what
                    + " has one for each step; write a list, or take static");
        }
        Way way = WAYS.stream()
                .filter(one -> one.rule() == draw.rule())
                .findFirst()
                .orElseThrow(() -> new ConfigException("draw.rule: diffusers has no guider for "
                        + draw.rule().name().toLowerCase(Locale.ROOT)));
        ObjectNode ours = Configs.tree(draw);
        ObjectNode settings = Configs.JSON.createObjectNode().put(RESCALE, draw.rescale());
        way.settings().forEach((key, theirs) -> settings.set(theirs.key(), Objects.requireNonNull(ours.get(key))));
        Double clamp = guidance.clamp();
        return new GuiderFile(
                way.kind(),
                guidance.convention(),
                clamp == null ? guidance.weight() : Math.max(clamp, guidance.weight()),
                guidance.start(),
                guidance.stop(),
                true,
                settings);
    }
}
