package org.counterweight.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * The environment as native libraries see it: they read variables when they are loaded, and Java can set none.
 *
 * <p>POSIX lets a program put an array of its own in place of {@code environ}, which is done here. What
 * {@link System#getenv} and the processes that Java starts see stays as it was. Linux only: elsewhere the variable has no
 * such name.
 */
final class Environment {
    /** What {@code environ} points to must stay for as long as the process. */
    private static final List<Pointer> KEPT = new ArrayList<>();

    private Environment() {}

    /** Adds those variables that are not set yet. To be called before the libraries are loaded that shall see them. */
    static synchronized void add(Map<String, String> variables) {
        var missing = new TreeMap<>(variables);
        missing.keySet().removeAll(System.getenv().keySet());
        if (missing.isEmpty()) {
            return;
        }
        try (var symbol = new PointerPointer<Pointer>(Objects.requireNonNull(Loader.addressof("environ"), "environ"));
                var old = new PointerPointer<Pointer>(symbol.get(0))) {
            int count = 0;
            while (old.get(count) != null) {
                count++;
            }
            var all = new PointerPointer<Pointer>(count + missing.size() + 1L);
            for (int i = 0; i < count; i++) {
                all.put(i, old.get(i));
            }
            for (var variable : missing.entrySet()) {
                var text = new BytePointer(variable.getKey() + "=" + variable.getValue(), StandardCharsets.UTF_8);
                KEPT.add(text.retainReference());
                all.put(count++, text);
            }
            all.put(count, (Pointer) null);
            KEPT.add(all.retainReference());
            symbol.put(0, all);
        }
    }
}
