package org.counterweight.jobs.distill;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.distill.run.MemoryNeed;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.distill.settings.Start;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.model.Model;
import org.counterweight.report.Text;

/**
 * What a distillation may ask of the machine and of its data.
 *
 * @param contestants the way of the recipe, then the baselines
 */
record DistillLimits(DistillConfig config, List<DistillConfig> contestants, Prepared rows) {
    /**
     * Refuses work that does not fit, before any of it is done.
     *
     * @return the bytes that it takes at the highest
     */
    long checkMemory(Model network) {
        long pixels = rows.shape().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        long images = rows.split().train().size()
                + rows.split().dev().size()
                + rows.split().test().size();
        long need = 0;
        for (DistillConfig one : contestants) {
            need = Math.max(
                    need,
                    MemoryNeed.of(one, network, images, pixels, rows.labels().size())
                            .peak());
        }
        long limit = config.memory() == null ? machineMemory() : (long) (config.memory() * 1e9);
        if (need > limit) {
            throw new ConfigException("distill: takes about " + Text.bytes(need) + " of memory, and "
                    + (config.memory() == null ? "this machine has " : "distill.memory allows ") + Text.bytes(limit)
                    + "; take engine: sweep, a smaller batch_syn, batch_real or experts.batch_size, fewer syn_steps, or"
                    + " a smaller network");
        }
        return need;
    }

    /**
     * Refuses to choose more real images of a class than there are; those that begin as noise need none.
     *
     * @param counts how many there are of each
     */
    void checkClasses(int[] counts) {
        if (contestants.stream().allMatch(one -> one.method().learns() && one.init() == Start.NOISE)) {
            return;
        }
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] < config.ipc()) {
                throw new ConfigException("distill.ipc: " + config.ipc() + " images a class are asked for, and class "
                        + rows.labels().get(c) + " has " + counts[c]
                        + " to learn from; lower it, or begin with noise (init: noise, baselines: [])");
            }
        }
    }

    /** The memory that this machine, or its container, gives a process. */
    private static long machineMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }
}
