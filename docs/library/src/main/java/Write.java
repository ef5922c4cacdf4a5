import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Set;
import org.counterweight.config.Configs;
import org.counterweight.data.text.bpe.BpeTraining;
import org.counterweight.data.text.chat.ChatTemplate;
import org.counterweight.datasets.Fetcher;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.generate.GenerateJob;
import org.counterweight.jobs.recipe.program.GenerateRecipe;
import org.counterweight.jobs.library.LoadedModel;
import org.counterweight.model.generate.Continuations;
import org.counterweight.model.generate.Generation;

final class Write {
    /** A vocabulary of byte pairs, for a decoder that begins at random. */
    static void vocabulary(List<String> texts, Path directory) throws IOException {
        var training = new BpeTraining(280, 1, List.of("<|endoftext|>"));
        texts.forEach(training::read);
        String json = training.learn().tokenizer().toString();
        Files.writeString(directory.resolve("tokenizer.json"), json);
    }

    /** All texts are gone on with at once, by eight tokens each, drawn from the likeliest. */
    static void goOn(Path decoder, List<String> texts) {
        try (LoadedModel model = LoadedModel.open(decoder)) {
            List<long[]> prompts = texts.stream().map(model.tokenizer()::encode).toList();
            var settings = new Generation(8, 0.8, 40, 1, 0.05, 1.1, 7);
            Continuations.of(model.model(), model.params(), settings, Set.of(0L))
                    .after(prompts, 0)
                    .forEach(text -> System.out.println(model.tokenizer().decode(text.tokens()) + " " + text.ended()));
        }
    }

    /** What a chat model is to answer, in the form that it has learnt: tokenize it without special tokens around it. */
    static String prompt(Path chatModel, String question) {
        var messages = Configs.JSON.createArrayNode();
        messages.addObject().put("role", "system").put("content", "Be brief.");
        messages.addObject().put("role", "user").put("content", question);
        return ChatTemplate.of(chatModel, false).prompt(messages, null, LocalDateTime.now());
    }

    /** What cw generate does with a recipe: prefixes, texts, a classifier. */
    static void classifier(Path recipe, ProgressLine progress) throws IOException {
        var job = new GenerateJob(GenerateRecipe.read(recipe, List.of()), Fetcher.ofUser(progress::say), progress);
        job.check();
        job.checkDirectory(false, null, true);
        System.out.println(job.run(false, null).result());
    }
}
