import java.nio.file.Path;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.jobs.library.TextTraining;
import org.counterweight.jobs.library.TrainedModel;
import org.counterweight.jobs.recipe.AdapterFormat;

final class Train {
    static void train(Path model, LabelledTexts texts, Path out) {
        TextTraining training = TextTraining.of(model, texts)
                .adapted("lora", "{r: 4, alpha: 8, targets: [query, value]}")
                .weighed("loss_reweighting", "{r: 1.0}")
                .with("{epochs: 40, batch_size: 6, lr: 5e-2, seed: 7}");
        try (TrainedModel trained = training.run()) {
            System.out.println(trained.result().steps() + " steps");
            trained.writeAdapter(AdapterFormat.PEFT, out.resolve("adapter"));
            trained.writeModel(out.resolve("merged"));
        }
    }
}
