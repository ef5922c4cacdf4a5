import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.text.Passages;
import org.counterweight.jobs.library.Answer;
import org.counterweight.jobs.library.LoadedModel;

final class AskPairs {
    static void ask(Path directory) {
        var pairs = new Passages(List.of("the cat sat", "a tree grew"), List.of("the cat", "the cat"));
        try (LoadedModel model = LoadedModel.open(directory)) {
            for (Answer answer : model.classes(pairs)) {
                System.out.println(answer.text() + ": " + answer.label() + ", " + answer.probability());
            }
        }
    }
}
