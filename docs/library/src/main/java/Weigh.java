import org.bytedeco.pytorch.Tensor;
import org.counterweight.catalogue.Choice;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;

final class Weigh {
    private final Weigher weigher = Choice.named("loss_reweighting", "{r: 0.5}", "weigh", WeigherConfig.class)
            .settings()
            .create();

    /** One step of a loop of one's own; everything made in it is freed at its end. */
    void step(Model model, Params params, Batch batch, Optimizer optimizer, long step) {
        try (var scope = Scope.open()) {
            Pass pass = Pass.training(new Seed(7).child(step).generator());
            Objective.Losses losses = new CrossEntropy(0).losses(model, params, batch, pass);
            Tensor weights = weigher.weights(new Rows(losses.perRow().detach(), losses.units(), batch, step));
            losses.perRow().mul(weights).sum().backward();
            optimizer.step(1);
            Gradients.clear(params.trainables().values());
        }
    }
}
