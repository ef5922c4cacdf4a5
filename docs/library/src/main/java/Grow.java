import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.grow.GrowJob;
import org.counterweight.jobs.grow.GrownReport;
import org.counterweight.jobs.recipe.program.GrowSettings;

final class Grow {
    static void grow(Path served, Path newRows, Path oldRows, Path out) {
        var texts = new GrowJob.Texts(newRows, oldRows, null, TableFormat.FIND_OUT, "text", "label", null);
        GrowSettings settings = GrowSettings.of(List.of("grow.memory.per_class=20", "train.epochs=5"));
        var progress = new ProgressLine(new PrintWriter(System.out), false);
        GrownReport report = new GrowJob(served, texts, settings, progress).write(out);
        System.out.println(report.added() + " added, their rows multiplied by " + report.gamma());
    }
}
