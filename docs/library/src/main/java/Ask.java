import java.nio.file.Path;
import java.util.List;
import org.counterweight.jobs.library.Answer;
import org.counterweight.jobs.library.LoadedModel;

final class Ask {
    static void ask(Path directory, Path adapter) {
        try (LoadedModel model = LoadedModel.open(directory, adapter)) {
            for (Answer answer : model.classes(List.of("the cat sat", "a tree grew"))) {
                System.out.println(answer.text() + ": " + answer.label() + ", " + answer.probability());
            }
        }
    }
}
