import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Choice;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.library.LoadedModel;
import org.counterweight.model.Params;

final class Attach {
    static void attach(Path directory) {
        Attachment bone = Choice.named("bone", "{r: 4, targets: [query]}", "adapter", Attachment.class)
                .settings();
        try (LoadedModel model = LoadedModel.open(directory);
                var scope = Scope.open()) {
            Params adapted = bone.attach(model.model(), model.params(), new Seed(7).generator());
            Map<String, Tensor> trained = adapted.trainables(); // hand these to an optimizer
            System.out.println(trained.size() + " tensors train, the first is " + trained.keySet().iterator().next());
        }
    }
}
