import java.io.IOException;
import java.nio.file.Path;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.stream.MergeOptions;
import org.counterweight.merge.stream.MergePlan;
import org.counterweight.merge.stream.MergeProgress;
import org.counterweight.merge.stream.StreamingMerge;

final class Merge {
    static void merge(Path yaml, Path out) throws IOException {
        try (MergePlan plan = MergePlan.of(MergeRecipe.read(yaml), MergeOptions.defaults())) { // headers only
            StreamingMerge.run(plan, out, MergeProgress.SILENT).forEach(System.out::println);
        }
    }
}
