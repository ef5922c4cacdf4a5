import java.nio.file.Path;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.jobs.library.TextTraining;
import org.counterweight.jobs.library.TrainedModel;

final class Balance {
    static void balance(Path model, LabelledTexts texts, Path out) {
        TextTraining training = TextTraining.of(model, texts)
                .balanced("{weight_decay: 5e-3, second: {epochs: 5, max_norm: {fraction: 0.1}}}")
                .with("{epochs: 4, batch_size: 6, lr: 1e-3, seed: 7}");
        try (TrainedModel trained = training.run()) {
            trained.writeModel(out); // the head is a plain linear layer, which transformers reads
        }
    }
}
