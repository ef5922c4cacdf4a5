import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.sample.Ddim;
import org.counterweight.guide.sample.Denoiser;
import org.counterweight.guide.sample.Guided;
import org.counterweight.guide.sample.NoiseSchedule;
import org.counterweight.guide.sample.Trajectory;
import org.counterweight.guide.shape.Grid;

final class Guide {
    /**
     * @param told what the model predicts with its condition
     * @param untold without it
     */
    static void guide(Denoiser told, Denoiser untold, Tensor noise) {
        long[] timesteps = {999, 749, 499, 249};
        var sampler = new Ddim(NoiseSchedule.of(NoiseSchedule.Betas.LINEAR, 1000, 1e-4, 0.02, 1), timesteps);
        double[] weights = GuidanceConfig.of(ShapeName.COSINE, 6.5, Convention.OMEGA)
                .weights(Grid.timesteps(timesteps, 1000));
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            var model = new Guided(told, untold, ClassifierFree.of(Convention.OMEGA));
            Trajectory drawn = sampler.sample(model, noise, weights);
            System.out.println(drawn.samples().size(0) + " samples, " + model.evaluations() + " evaluations");
        }
    }
}
