import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.datasets.Fetcher;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.run.DistilledFile;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.distill.DistillJob;
import org.counterweight.jobs.recipe.program.DistillRecipe;

final class Distill {
    static void distill(Path recipe, List<String> settings, Path out) throws IOException {
        var progress = new ProgressLine(new PrintWriter(System.out), false);
        var job =
                new DistillJob(DistillRecipe.read(recipe, settings).into(out), Fetcher.ofUser(progress::say), progress);
        job.check();
        job.run(false).judged().forEach(one -> System.out.println(one.way().key() + ": " + one.mean()));
        try (var scope = Scope.open()) {
            SyntheticSet set = DistilledFile.read(out.resolve(DistillJob.SET)).set();
            System.out.println(set.images().size(0) + " images, to be learnt from at "
                    + set.rate().item_double());
        }
    }
}
