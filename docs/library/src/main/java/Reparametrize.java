import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.catalogue.Choice;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.library.TextTraining;
import org.counterweight.jobs.library.TrainedModel;
import org.counterweight.model.Params;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.reparametrize.Reparametrization;

final class Reparametrize {
    /** Texts: trained through lengths and directions, written as plain weights and as PyTorch's parametrizations. */
    static void train(Path model, LabelledTexts texts, Path out) {
        TextTraining training = TextTraining.of(model, texts)
                .reparametrized("weight_norm", "{mean_only_bn: true}")
                .with("{epochs: 4, batch_size: 6, lr: 1e-2, seed: 7}");
        try (TrainedModel trained = training.run()) {
            trained.writeModel(out.resolve("merged"));
            trained.writeReparametrized(out.resolve("reparametrized"));
        }
    }

    /** Any model: its weights as functions of what an optimizer is to move. */
    static void attach() {
        Reparametrization compander = Choice.named(
                        "weight_compander", "{learn_ab: true}", "reparametrize", Reparametrization.class)
                .settings();
        try (var scope = Scope.open()) {
            var images = new ConvNet(1, 8, 4, 1, Normalization.INSTANCE, 10);
            Params params = compander.attach(images, Params.of(images.initialize(new Seed(7).generator())));
            Map<String, Tensor> trained = params.trainables(); // hand these to an optimizer
            Map<String, Tensor> plain = params.materialized(); // for whoever is to use the model
            System.out.println(trained.size() + " tensors train, " + plain.size() + " plain weights come of it");
        }
    }
}
