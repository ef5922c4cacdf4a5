package org.counterweight.formats.peft.config;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.ModuleNames;
import org.counterweight.adapt.adalora.AdaLoraConfig;
import org.counterweight.adapt.bone.BoneConfig;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.adapt.lowrank.LowRankStart;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a config says about the adapter at one module, with its patterns resolved.
 *
 * @param module its name in the model's files
 * @param inMemory its name where PEFT saw it, by which patterns may go
 */
public record ModuleSettings(PeftConfig config, String module, String inMemory) {
    /**
     * The settings to train such an adapter by.
     *
     * @throws IllegalStateException if there are none, since the type is read alone
     */
    public AdapterConfig adapter() {
        return switch (config.type()) {
            case LORA -> lora();
            case ADALORA -> adalora();
            case MISS, BONE -> bone();
            case IA3, VERA, LOHA, LOKR, TRAINABLE_TOKENS ->
                throw new IllegalStateException(config.type() + " is read, but there are no settings to train one");
        };
    }

    /**
     * Rank and scale of a LoHa or LoKr.
     *
     * @param scale alpha / r
     */
    public record Rank(long r, double scale) {}

    /** Those of a LoHa or LoKr. */
    public Rank lycoris() {
        long r = number("rank_pattern", "r").asLong();
        if (r < 1) {
            throw new ConfigException("r", r, "an integer of at least 1");
        }
        return new Rank(r, number("alpha_pattern", "alpha").asDouble() / r);
    }

    /** Whether (IA)³ scales the module's inputs and not its outputs; PEFT asks for no dot before an ending. */
    public boolean isFeedForward() {
        JsonNode named = config.tree().path(PeftConfig.FEED_FORWARD);
        if (named.isString()) {
            ModuleNames names = ModuleNames.regex(named.asString(), PeftConfig.FEED_FORWARD);
            return names.matches(module) || names.matches(inMemory);
        }
        return PeftConfig.texts(named).stream()
                .anyMatch(ending -> module.endsWith(ending) || inMemory.endsWith(ending));
    }

    private AdapterConfig lora() {
        int r = number("rank_pattern", "r").asInt();
        double alpha = number("alpha_pattern", "lora_alpha").asDouble();
        boolean stabilized = config.flag("use_rslora");
        double dropout = config.value("lora_dropout").asDouble();
        LowRankStart start = StartOfLora.of(config.value("init_lora_weights"));
        return config.flag("use_dora")
                ? new DoraConfig(r, alpha, stabilized, dropout, true, start, List.of(module))
                : new LoraConfig(r, alpha, stabilized, dropout, start, false, List.of(module));
    }

    private AdapterConfig adalora() {
        ObjectNode settings = Configs.JSON.createObjectNode();
        settings.set("alpha", config.value("lora_alpha"));
        settings.set("dropout", config.value("lora_dropout"));
        settings.set("delta_t", config.value("deltaT"));
        for (String key :
                List.of("init_r", "target_r", "tinit", "tfinal", "total_step", "beta1", "beta2", "orth_reg_weight")) {
            settings.set(key, config.value(key));
        }
        settings.putArray("targets").add(module);
        return Configs.bind(settings, AdaLoraConfig.class, "adalora");
    }

    /**
     * How many triplets of an AdaLoRA the file keeps, or null if it does not say.
     *
     * @throws ConfigException if it says something else than init_r times true or false
     */
    public @Nullable Long keptTriplets() {
        JsonNode patterns = config.tree().path("rank_pattern");
        JsonNode kept = patterns.path((patterns.has(inMemory + ".lora_E") ? inMemory : module) + ".lora_E");
        if (kept.isMissingNode()) {
            return null;
        }
        int count = config.value("init_r").asInt();
        if (!kept.isArray() || kept.size() != count) {
            throw new ConfigException(
                    "rank_pattern of " + module, kept, count + " times true or false, as init_r says");
        }
        long kepts = 0;
        for (JsonNode one : kept) {
            kepts += one.asBoolean() ? 1 : 0;
        }
        return kepts;
    }

    private BoneConfig bone() {
        boolean isMiss = config.type() == PeftType.MISS;
        JsonNode init = config.value("init_weights");
        BoneConfig.Variant variant = switch (init.isString() ? init.asString() : "bone") {
            case "bat" -> BoneConfig.Variant.BAT;
            case "mini" -> BoneConfig.Variant.MINI;
            case "bone" -> BoneConfig.Variant.BONE;
            default -> throw new ConfigException("init_weights", init.asString(), "true, false, \"bat\" or \"mini\"");
        };
        return new BoneConfig(
                config.value("r").asInt(),
                variant,
                isMiss ? config.value("mini_r").asInt() : 1,
                1,
                isMiss ? config.value("miss_dropout").asDouble() : 0,
                init.isBoolean() && !init.asBoolean(),
                List.of("*"));
    }

    /** The first pattern in the order of the file that fits the module's name, else the general value. */
    private JsonNode number(String patterns, String general) {
        if (config.tree().get(patterns) instanceof ObjectNode byPattern) {
            for (var entry : byPattern.properties()) {
                Pattern pattern = pattern(patterns, entry.getKey());
                if (pattern.matcher(inMemory).lookingAt()
                        || pattern.matcher(module).lookingAt()) {
                    return entry.getValue();
                }
            }
        }
        return config.value(general);
    }

    private static Pattern pattern(String field, String expression) {
        try {
            return ModuleNames.pattern("(.*\\.)?(" + expression + ")$");
        } catch (PatternSyntaxException e) {
            throw new ConfigException(field, expression, "a regular expression (" + e.getDescription() + ")");
        }
    }
}
