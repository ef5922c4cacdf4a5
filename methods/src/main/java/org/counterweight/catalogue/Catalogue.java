package org.counterweight.catalogue;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;

/** Every method, by name: the lists of all families, one after the other. */
public final class Catalogue {
    private static final Map<String, Method> ALL =
            collected(ServiceLoader.load(Methods.class, Methods.class.getClassLoader()));

    private Catalogue() {}

    /** @throws IllegalStateException if two methods have one name */
    static Map<String, Method> collected(Iterable<Methods> families) {
        var all = new LinkedHashMap<String, Method>();
        for (Methods family : families) {
            for (Method method : family.methods()) {
                if (all.put(method.name(), method) != null) {
                    throw new IllegalStateException("two methods are named " + method.name() + ", the second in "
                            + family.getClass().getName());
                }
            }
        }
        return Collections.unmodifiableMap(all);
    }

    public static List<Method> all() {
        return List.copyOf(ALL.values());
    }

    /**
     * The name of the method that has such settings.
     *
     * @throws IllegalArgumentException if none has
     */
    public static String nameOf(Class<?> config) {
        return ALL.values().stream()
                .filter(method -> method.config() == config)
                .map(Method::name)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(config.getName() + " is in no family's list"));
    }

    public static Optional<Method> find(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /**
     * The method of that name.
     *
     * @param path where the name stands in the user's file, for the message
     * @throws ConfigException with the nearest name that exists
     */
    public static Method named(String name, String path) {
        return find(name)
                .orElseThrow(() -> new ConfigException(
                        Configs.unknown(path + ": \"" + name + "\"", name, List.copyOf(ALL.keySet()))));
    }
}
