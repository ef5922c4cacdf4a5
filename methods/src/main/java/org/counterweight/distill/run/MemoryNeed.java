package org.counterweight.distill.run;

import org.counterweight.config.ConfigException;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.expert.ExpertConfig;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.distill.settings.EngineChoice;
import org.counterweight.model.Model;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.model.zoo.image.Mlp;

/**
 * How much memory a distillation takes at its highest, in bytes, before anything is computed: float32 activations that a
 * gradient of a gradient keeps, vectors of weights, and the images themselves.
 *
 * @param experts while an expert is trained
 * @param step while images take a step
 * @param images real and synthetic ones, which are there all the time
 */
public record MemoryNeed(long experts, long step, long images) {
    private static final long FLOAT = 4;
    private static final double TWICE = 3.5; // what differentiating a gradient keeps, in forward activations
    private static final int STEP_VECTORS = 8; // θ, its gradient, velocity, and what a step makes of them

    /**
     * @param real how many real images are held
     * @param pixels values of an image
     * @param classes how many
     */
    public static MemoryNeed of(DistillConfig config, Model model, long real, long pixels, int classes) {
        double activations = (double) activations(model) * FLOAT;
        long weights = new FlatModel(model).length() * FLOAT;
        long n = (long) classes * config.ipc();
        long batch = Math.min(n, config.batchSyn() == null ? n : config.batchSyn());
        boolean isUnrolled = config.chosenEngine() == EngineChoice.UNROLL;
        double inner = batch * activations * TWICE;
        double step = switch (config.method()) {
            case AST, MTT, TESLA ->
                isUnrolled
                        ? config.synSteps() * (inner + STEP_VECTORS * weights)
                        : inner + (config.synSteps() + STEP_VECTORS) * (double) weights;
            case DM, DC -> (n + (double) config.batchReal() * classes) * activations * TWICE + STEP_VECTORS * weights;
            case HERDING, REPRESENTATIVE, RANDOM -> 0;
        };
        ExpertConfig expert = config.resolvedExperts();
        double graph = Double.valueOf(0).equals(expert.lambdaGp()) ? 1 : 1 + TWICE;
        long stored = (config.maxStartEpoch() + (long) config.expertEpochs()) * weights;
        double trained = config.method().needsExperts()
                ? expert.batchSize() * activations * graph + STEP_VECTORS * weights + stored
                : 0;
        return new MemoryNeed((long) trained, (long) step, (real + 3 * n) * pixels * FLOAT);
    }

    /** At the highest. */
    public long peak() {
        return images + Math.max(experts, step);
    }

    /** Values that a forward pass of one image keeps for its gradient. */
    static long activations(Model model) {
        if (model instanceof ConvNet net) {
            long side = net.channels() == 1 && net.size() == 28 ? 32 : net.size(); // the first convolution pads to it
            long sum = 0;
            for (int block = 0; block < net.depth(); block++) {
                long half = side / 2;
                sum += net.width() * (3 * side * side + half * half); // convolution, norm, ReLU; pooling
                side = half;
            }
            return sum;
        }
        if (model instanceof Mlp net) {
            return 3L * net.hidden().stream().mapToInt(Integer::intValue).sum();
        }
        throw new ConfigException(
                "model.architecture: images are distilled with convnet or mlp, of which the memory is known beforehand;"
                        + " others may judge them, in distill.trial.architectures");
    }
}
