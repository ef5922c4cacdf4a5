import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.image.ImageSheet;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.GuidancePlan;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.learn.DrawConfig;
import org.counterweight.jobs.guide.TrainedNetwork;
import org.counterweight.jobs.guide.choice.GuidanceChoice;

final class Draw {
    /** @param run of a recipe with task: diffusion */
    static void draw(Path run, Path picture) throws IOException {
        GuidanceConfig guidance = GuidanceConfig.of(ShapeName.LINEAR, 3, Convention.SCALE)
                .between(0.2, 1); // the first fifth of the steps is not guided
        var choice = new GuidanceChoice(guidance, DrawConfig.of(10));
        try (TrainedNetwork network = TrainedNetwork.open(TrainedNetwork.directory(run));
                var scope = Scope.open()) {
            for (GuidancePlan.Step step : network.plan(choice).steps()) {
                System.out.println(step.u() + ": " + step.scale() + ", " + step.evaluations() + " evaluations");
            }
            TrainedNetwork.Drawn drawn = network.draw(choice, network.classes(List.of("3", "5")), 4, new Seed(1));
            Files.write(picture, ImageSheet.png(drawn.pixels(), 4));
        }
    }
}
