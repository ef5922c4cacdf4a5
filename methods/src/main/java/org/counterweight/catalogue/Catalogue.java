package org.counterweight.catalogue;

import java.util.List;
import java.util.Optional;
import org.counterweight.adapt.BoneConfig;
import org.counterweight.adapt.LoraConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;

/** Every method, by name. */
public final class Catalogue {
    private static final List<Method> ALL = List.of(
            new Method(
                    "bone",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "J. Kang and Q. Yin, MiSS: Revisiting the Trade-off in LoRA with an Efficient Shard-Sharing Structure, ICLR 2026",
                    "Adapts a frozen layer with one small zero matrix that groups of its columns share",
                    "W'[o,i] = W[o,i] + D[i mod r, o]",
                    BoneConfig.class),
            new Method(
                    "lora",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "E. Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, ICLR 2022",
                    "Adapts a frozen layer with the product of two thin matrices",
                    "W' = W + (alpha / r) B A",
                    LoraConfig.class));

    private Catalogue() {}

    public static List<Method> all() {
        return ALL;
    }

    public static Optional<Method> find(String name) {
        return ALL.stream().filter(method -> method.name().equals(name)).findFirst();
    }

    /**
     * The method of that name.
     *
     * @param path where the name stands in the user's file, for the message
     * @throws ConfigException with the nearest name that exists
     */
    public static Method named(String name, String path) {
        return find(name)
                .orElseThrow(() -> new ConfigException(Configs.unknown(
                        path + ": \"" + name + "\"",
                        name,
                        ALL.stream().map(Method::name).toList())));
    }
}
