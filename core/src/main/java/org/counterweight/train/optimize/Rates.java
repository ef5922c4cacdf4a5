package org.counterweight.train.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;

/**
 * Which learning rate and weight decay each parameter has in a run.
 *
 * @param lr of all that no group names, at the height of the schedule
 * @param weightDecay likewise
 * @param decayAll whether biases and norms decay too
 * @param groups parameters with others; the first that matches counts
 */
public record Rates(double lr, double weightDecay, boolean decayAll, List<GroupConfig> groups) {
    public Rates {
        groups = List.copyOf(groups);
    }

    /**
     * Holds the groups against the names of what is trained, of which there is at least one.
     *
     * @throws ConfigException if a group matches nothing
     */
    public void check(Set<String> trainables) {
        for (GroupConfig group : groups) {
            if (trainables.stream().noneMatch(group::matches)) {
                throw new ConfigException(
                        "train.groups.names",
                        group.names(),
                        "a pattern that matches a trainable, such as "
                                + trainables.iterator().next());
            }
        }
    }

    /** A trainable with its rate and decay, by its name and shape. */
    public Optimizer.Parameter of(String name, Tensor tensor) {
        double rate = lr;
        double decay = decayAll || tensor.dim() > 1 ? weightDecay : 0; // biases and norms have one dimension
        for (GroupConfig group : groups) {
            if (group.matches(name)) {
                rate = group.lr() == null ? rate : group.lr();
                decay = group.weightDecay() == null ? decay : group.weightDecay();
                break;
            }
        }
        return new Optimizer.Parameter(name, tensor, rate, decay);
    }

    /**
     * The optimizer that moves these trainables.
     *
     * @throws ConfigException if there is nothing to train, or a group matches nothing
     */
    public Optimizer optimizer(UpdateRule rule, Map<String, Tensor> trainables) {
        if (trainables.isEmpty()) {
            throw new ConfigException(
                    "there is nothing to train: no weight requires a gradient and there is no adapter");
        }
        check(trainables.keySet());
        var parameters = new ArrayList<Optimizer.Parameter>();
        trainables.forEach((name, tensor) -> parameters.add(of(name, tensor)));
        return new Optimizer(rule, parameters);
    }
}
