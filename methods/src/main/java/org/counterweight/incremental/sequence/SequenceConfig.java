package org.counterweight.incremental.sequence;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.config.Setting;
import org.counterweight.engine.Seed;
import org.counterweight.incremental.run.GrowConfig;
import org.jspecify.annotations.Nullable;

/** How the classes of a data set arrive, task by task, and how each task is learnt. */
public record SequenceConfig(
        @Setting(value = "Number of tasks", defaultsTo = "6", range = "at least 2")
        int tasks,

        @Setting(
                value = "Classes of the first task; null for as many as the others have",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer base,

        @Setting(value = "From which the order of the classes is drawn", defaultsTo = "1993")
        long orderSeed,

        @Setting(value = "The classes in their order, by name; null to draw it", defaultsTo = "null") @Nullable
        List<String> order,

        @Setting(
                value = "Passes over the rows of the first task; null for train.epochs",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer firstEpochs,

        @Setting(value = "How each task is learnt", defaultsTo = "{}")
        GrowConfig learn) {

    public SequenceConfig {
        Checks.ranges(SequenceConfig.class, "grow", tasks, base, firstEpochs);
        order = order == null ? null : List.copyOf(order);
    }

    /**
     * The classes in the order in which they are learnt.
     *
     * @param names of all classes, as the data has them
     * @return their numbers there
     * @throws ConfigException if the order leaves classes out, or names others
     */
    public int[] classes(List<String> names) {
        List<String> wanted = order;
        if (wanted == null) {
            return new Seed(orderSeed).child("classes").permutation(names.size());
        }
        for (String name : wanted) {
            if (!names.contains(name)) {
                throw new ConfigException(
                        "grow.order: \"" + name + "\" is no class of the data" + Nearest.hint(name, names, "It has"));
            }
        }
        List<String> missing =
                names.stream().filter(name -> !wanted.contains(name)).toList();
        if (!missing.isEmpty() || wanted.size() != names.size()) {
            throw new ConfigException("grow.order has " + wanted.size() + " names for " + names.size() + " classes"
                    + (missing.isEmpty() ? ", some of them twice" : ", and lacks " + String.join(", ", missing)));
        }
        return wanted.stream().mapToInt(names::indexOf).toArray();
    }

    /**
     * How many classes each task adds.
     *
     * @throws ConfigException if there are fewer classes than tasks
     */
    public List<Integer> sizes(int classes) {
        int first = base == null ? 0 : base;
        int others = base == null ? tasks : tasks - 1;
        int left = classes - first;
        if (left < others) {
            throw new ConfigException("grow.tasks: " + tasks + " tasks need a class each, and the data has " + classes
                    + " classes" + (base == null ? "" : ", " + base + " of them in the first task") + "; take fewer");
        }
        var sizes = new ArrayList<Integer>();
        if (base != null) {
            sizes.add(first);
        }
        IntStream.range(0, others).forEach(i -> sizes.add(left / others + (i < left % others ? 1 : 0)));
        return sizes;
    }
}
