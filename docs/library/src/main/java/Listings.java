import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.text.TextClassification;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.guide.sample.GaussianMixture;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.library.LoadedModel;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.train.RunJob;
import org.counterweight.model.Params;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.train.TrainConfig;

/** Runs every listing once, below a directory. */
public final class Listings {
    private Listings() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        Path model = Tiny.model(root.resolve("model"));
        Train.train(model, Tiny.texts(), root.resolve("out"));
        Ask.ask(model, root.resolve("out/adapter"));
        AskPairs.ask(root.resolve("out/merged"));
        Attach.attach(model);
        Reparametrize.train(model, Tiny.texts(), root.resolve("normalised"));
        LoadedModel.open(root.resolve("normalised/reparametrized")).close();
        Reparametrize.attach();
        Path merged = root.resolve("out/merged");
        Path yaml = Files.writeString(
                root.resolve("soup.yaml"),
                "{merge_method: linear, dtype: float32, models: [{model: %1$s, parameters: {weight: 1}}, {model: %1$s, parameters: {weight: 1}}]}"
                        .formatted(merged));
        Merge.merge(yaml, root.resolve("soup"));
        weigh(merged);
        Balance.balance(model, Tiny.texts(), root.resolve("balanced"));
        Path added = Files.writeString(root.resolve("new.csv"), "text,label\nsat sat sat,verb\nsat the sat,verb\n");
        Grow.grow(root.resolve("balanced"), added, null, root.resolve("grown"));
        shift();
        write(root, model);
        together(root);
        Graphs.train();
        guide();
        draw(root);
        Files.createDirectories(root.resolve("edits"));
        String text = Tiny.texts().texts().get(0);
        String other = Tiny.texts().labelNames().get(1);
        Edit.edit(merged, text, other, root.resolve("edits"));
        Serve.serve(merged, text, other, root.resolve("served"));
        String rows = "text\n" + String.join("\n", Tiny.texts().texts()) + "\n";
        Audit.audit(merged, Files.writeString(root.resolve("texts.csv"), rows), root.resolve("audited"));
    }

    /** A small GPT-2 at random writes texts of two labels, from which the model learns. */
    private static void write(Path root, Path model) throws Exception {
        Path decoder = Files.createDirectories(root.resolve("decoder"));
        Write.vocabulary(Tiny.texts().texts(), decoder);
        Tiny.decoder(decoder);
        Write.goOn(decoder, Tiny.texts().texts());
        Files.writeString(
                decoder.resolve("chat_template.jinja"),
                "{% for m in messages %}{{ m.role }}: {{ m.content | trim }}\n{% endfor %}assistant:");
        System.out.println(Write.prompt(decoder, "the cat sat?"));
        Path few = Files.writeString(
                root.resolve("few.csv"),
                "text,label\nthe cat sat,animal\na cat,animal\nthe tree grew,plant\na tree,plant\n");
        Path recipe = Files.writeString(
                root.resolve("write.yaml"), """
                    generator: %s
                    classifier: {name: %s}
                    data: {train: %s, max_length: 16}
                    labels: [{label: animal, prompt: "cat:", temperature: 1}, {label: plant, prompt: "tree:", temperature: 1}]
                    fewgen:
                      tune: {epochs: 30, lr: 0.1, max_length: 16, dropout: 0}
                      write: {texts: 4, max_tokens: 16, max_tries: 100}
                      learn: {few_shot_steps: 4, steps: 4, every: 2, batch_size: 4, threshold: 0}
                    output: %s
                    """.formatted(decoder, model, few, root.resolve("written")));
        var err = new java.io.PrintWriter(System.err);
        Write.classifier(recipe, new org.counterweight.jobs.ProgressLine(err, false));
    }

    private static void together(Path root) throws Exception {
        List<String> few = List.of(
                "distill.iterations=2",
                "distill.experts.count=1",
                "distill.experts.epochs=9",
                "distill.trial.epochs=5",
                "distill.baselines=[]");
        Distill.distill(Path.of("examples/distill/digits.yaml"), few, root.resolve("distilled"));
        try (var scope = Scope.open()) {
            LabelledDataset digits = ImageSet.digits();
            FederateConfig config = Configs.bind(
                    Configs.yaml("{rounds: 2, target_batch_size: 8}", "federate"), FederateConfig.class, "federate");
            Federate.federate(
                    new Mlp(64, List.of(8), 10, Activation.RELU, 0),
                    digits.select(IntStream.range(0, 40).toArray()),
                    List.of(digits.select(IntStream.range(40, 140).toArray())),
                    config);
        }
    }

    private static void guide() {
        try (var scope = Scope.open()) {
            var mixture = new GaussianMixture(
                    Tensors.doubles(new double[] {1, 1}, 2),
                    Tensors.doubles(new double[] {-2, 0, 2, 0}, 2, 2),
                    Tensors.doubles(new double[] {0.3, 0.3, 0.3, 0.3}, 2, 2),
                    Tensors.longs(new long[] {0, 1}, 2));
            Guide.guide(
                    mixture.conditional(0),
                    mixture,
                    torch.zeros(new long[] {5, 2}, Tensors.options(torch.ScalarType.Double))
                            .normal_(0, 1, Tensors.optional(new Seed(7).generator())));
        }
    }

    /** A network is taught for a few steps, and drawn from. */
    private static void draw(Path root) throws Exception {
        Recipe recipe = Recipe.read(
                        Path.of("examples/diffusion.yaml"), List.of("train.max_steps=3", "model.architecture.width=8"))
                .into(root.resolve("diffusion"));
        var progress = new ProgressLine(new PrintWriter(System.err), false);
        new RunJob(recipe, Fetcher.ofUser(progress::say), progress).run(false);
        Draw.draw(root.resolve("diffusion"), root.resolve("drawn.png"));
    }

    private static void shift() {
        try (var scope = Scope.open()) {
            var random = Tensors.optional(new Seed(7).generator());
            Shift.weigh(
                    torch.zeros(new long[] {60, 2}, Tensors.options(torch.ScalarType.Double))
                            .normal_(0, 1, random),
                    torch.zeros(new long[] {40, 2}, Tensors.options(torch.ScalarType.Double))
                            .normal_(0.5, 1, random));
        }
    }

    private static void weigh(Path directory) {
        try (LoadedModel model = LoadedModel.open(directory);
                var scope = Scope.open()) {
            var weights = new java.util.LinkedHashMap<>(model.params().weights());
            weights.replaceAll((name, tensor) -> tensor.clone().requires_grad_(true)); // not the file itself
            Params params = Params.of(weights);
            var rows = TextClassification.of(Tiny.texts(), model.tokenizer());
            BatchSource batches = BatchSource.shuffled(rows, Batching.of(3), new Seed(7));
            Verbs.trained(directory, batches);
            var weigh = new Weigh();
            try (var optimizer = TrainConfig.of("{lr: 1e-3}").optimizer(params.trainables())) {
                for (int step = 0; step < 4; step++) {
                    weigh.step(model.model(), params, batches.epoch(step).apply(0), optimizer, step);
                }
            }
        }
    }
}
