package org.counterweight.train;

import java.util.Collection;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.train.group.ProcessGroup;

/** What must hold of a task for several processes to take its steps together, and the parameters that each computes with. */
public final class Divisible {
    private Divisible() {}

    /**
     * Refuses a model that looks at all rows of a batch at once.
     *
     * @throws ConfigException if one does
     */
    public static void check(Model model) {
        refuse(model.modules().buffers());
    }

    static void check(Task task, ProcessGroup group) {
        if (group.size() > 1) {
            check(task.model());
            refuse(task.params().statistics().keySet());
            if (!task.params().device().is_cpu()) {
                throw new ConfigException("processes share the steps of a run on processors alone, and this model lies"
                        + " on another device; take device: cpu, or one process");
            }
        }
    }

    private static void refuse(Collection<String> statistics) {
        if (!statistics.isEmpty()) {
            throw new ConfigException(
                    "processes: this model moves " + statistics.iterator().next()
                            + " by all rows of a batch, of which each process would see its part alone; take a model without"
                            + " batch normalisation, or processes: 1");
        }
    }

    /** @param copies takes what is held in another type; the caller's, to be closed */
    static Params computed(Task task, TrainConfig config, Map<String, Tensor> copies) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            config.precision()
                    .copies(task.model(), task.params())
                    .forEach((name, copy) -> copies.put(name, Scope.own(copy)));
        }
        return task.params().replacing(copies);
    }
}
