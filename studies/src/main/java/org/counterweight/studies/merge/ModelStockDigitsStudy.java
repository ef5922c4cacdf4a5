package org.counterweight.studies.merge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.soup.CheckpointAverage;
import org.counterweight.merge.soup.GreedySoup;
import org.counterweight.merge.soup.LinesConfig;
import org.counterweight.merge.soup.UniformSoupConfig;
import org.counterweight.merge.soup.WiseFtConfig;
import org.counterweight.merge.stock.ModelStockConfig;
import org.counterweight.merge.stock.ModelStockTraining;
import org.counterweight.merge.stock.PeriodicStockConfig;
import org.counterweight.merge.stock.StockHistory;
import org.counterweight.merge.stock.StockRatios;
import org.counterweight.model.Params;
import org.counterweight.studies.bed.classifier.Robustness;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.objective.CrossEntropy;

/** Model Stock after and during training against soups and WiSE-FT, on digits that a robust perceptron is fine-tuned on. */
public final class ModelStockDigitsStudy implements Study {
    private static final Metric RATIO = Metric.plain("ratio", "mean ratio t", 2);
    private static final List<String> TENSORS =
            List.of("0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias");
    private static final String CURVE = "ratio";

    private static final String PRETRAINED = "pre-trained";
    private static final String ONE = "fine-tuned, mean of two";
    private static final String TWO = "average of two";
    private static final String SIX = "average of six";
    private static final String GREEDY = "greedy soup of six";
    private static final String SWA = "average of one run's epochs";
    private static final String WISE = "WiSE-FT";
    private static final String LINES = "LiNeS";
    private static final String AFTER = "Model Stock of two, after training";
    private static final String AFTER_ROW = "the same per filter";
    private static final String THREE = "Model Stock of three, after training";
    private static final String DURING = "Model Stock of two, every epoch";
    private static final String DURING_ROW = "every epoch, per filter";
    private static final String GENTLE_TWO = "gentle: average of two";
    private static final String GENTLE = "gentle: Model Stock of two";

    private static final List<Pick> SOUPS = List.of(
            Pick.of(PRETRAINED),
            Pick.of(ONE),
            Pick.of(TWO),
            Pick.of(SIX),
            Pick.of(GREEDY),
            Pick.of(SWA),
            Knob.SHARE.at(WISE, 0.3),
            Knob.SHARE.at(WISE, 0.5),
            Knob.SHARE.at(WISE, 0.7),
            Pick.of(LINES, "α 0.1, β 0.9"));
    private static final List<Pick> STOCKS =
            List.of(Pick.of(AFTER), Pick.of(AFTER_ROW), Pick.of(THREE), Pick.of(DURING), Pick.of(DURING_ROW));
    private static final List<Pick> GENTLES = List.of(Pick.of(GENTLE_TWO), Pick.of(GENTLE));

    private static Metric ratio(String tensor) {
        return Metric.plain("ratio." + tensor, tensor, 2);
    }

    private static List<Pick> all() {
        var all = new ArrayList<>(SOUPS);
        all.addAll(STOCKS);
        all.addAll(GENTLES);
        return all;
    }

    @Override
    public Plan plan() {
        var ratios = new ArrayList<Metric>(List.of(RATIO));
        TENSORS.forEach(tensor -> ratios.add(ratio(tensor)));
        return Plan.of("model-stock-digits", "Model Stock: two fine-tuned models instead of dozens")
                .method("model_stock")
                .paper(
                        "D.-H. Jang, S. Yun and D. Han, Model Stock: All We Need Is Just a Few Fine-Tuned Models, ECCV 2024 (arXiv"
                                + " 2403.19522)")
                .says(
                        "Two fine-tuned models, moved towards the pre-trained one by a ratio that their angle gives, best merged"
                                + " again and again during training, are as accurate as soups of dozens and more robust.")
                .data(Robustness.DATA)
                .setup(
                        "Perceptron 64-160-160-10 with ReLU. Fine-tuning as noisy as the geometry needs: AdamW at 0.005, batches of"
                                + " 4, 10 epochs, cosine schedule; replicas differ in the order of the batches. Gentle: 0.001, batches"
                                + " of 16. Greedy soup by accuracy on the held-out images, equal accuracy not accepted. Cost in"
                                + " trainings: one for WiSE-FT and LiNeS, two for Model Stock, six for the soups of six.")
                .picks(all())
                .seeds(8)
                .claim(
                        "Merged every epoch, Model Stock of two is more accurate on clean images than one fine-tuned model",
                        new Rule.Advantage(Robustness.ID, Pick.of(DURING), Pick.of(ONE), 0))
                .claim(
                        "It is more robust than the average of two models in most seeds",
                        new Rule.Wins(Robustness.OOD, Pick.of(DURING), Pick.of(TWO), 0.8))
                .claim(
                        "and that by at least one point on average",
                        new Rule.Advantage(Robustness.OOD, Pick.of(DURING), Pick.of(TWO), 1))
                .claim(
                        "After training, it is more robust than the average of the same two models in most seeds",
                        new Rule.Wins(Robustness.OOD, Pick.of(AFTER), Pick.of(TWO), 0.8))
                .claim(
                        "Merged every epoch, two models are not half a point less robust than the greedy soup of six",
                        new Rule.Advantage(Robustness.OOD, Pick.of(DURING), Pick.of(GREEDY), -0.5))
                .claim(
                        "They are more accurate on clean images than WiSE-FT at 0.5",
                        new Rule.Advantage(Robustness.ID, Pick.of(DURING), Knob.SHARE.at(WISE, 0.5), 0))
                .claim(
                        "They are more robust than WiSE-FT at 0.5 as well",
                        new Rule.Advantage(Robustness.OOD, Pick.of(DURING), Knob.SHARE.at(WISE, 0.5), 0))
                .claim(
                        "The setting is a fair one: the mean ratio after training lies between 0.5 and 0.85",
                        new Rule.Within(RATIO, Pick.of(AFTER), 0.5, 0.85, 0.9))
                .claim(
                        "After gentle fine-tuning the models hardly differ: the mean ratio is above 0.9",
                        new Rule.Within(RATIO, Pick.of(GENTLE), 0.9, 1, 0.9))
                .table("Accuracy", all(), List.of(Robustness.ID, Robustness.OOD))
                .table(
                        "The ratios of each tensor (per filter: their mean; during training: over all merges)",
                        List.of(
                                Pick.of(AFTER),
                                Pick.of(AFTER_ROW),
                                Pick.of(THREE),
                                Pick.of(DURING),
                                Pick.of(DURING_ROW),
                                Pick.of(GENTLE)),
                        ratios)
                .figure(new Figure.Tradeoff(
                        "tradeoff",
                        "Accuracy and robustness",
                        Robustness.ID,
                        Robustness.OOD,
                        List.of(
                                new Figure.Trail(
                                        "WiSE-FT 0.3, 0.5, 0.7",
                                        SOUPS.stream()
                                                .filter(p -> p.method().equals(WISE))
                                                .toList()),
                                new Figure.Trail("fine-tuned", List.of(Pick.of(ONE))),
                                new Figure.Trail("average of two", List.of(Pick.of(TWO))),
                                new Figure.Trail("greedy soup of six", List.of(Pick.of(GREEDY))),
                                new Figure.Trail("stock, after", List.of(Pick.of(AFTER))),
                                new Figure.Trail("stock, every epoch", List.of(Pick.of(DURING))))))
                .figure(new Figure.Bars(
                        "ratios",
                        "How far each tensor goes towards the mean of the models",
                        "ratio t",
                        TENSORS.stream().map(ModelStockDigitsStudy::ratio).toList(),
                        List.of(Pick.of(AFTER), Pick.of(DURING), Pick.of(GENTLE))))
                .figure(new Figure.Curves(
                        "merges",
                        "Mean ratio at each merge, from the first epoch on",
                        CURVE,
                        "merge",
                        "mean ratio t",
                        1,
                        false,
                        List.of(Pick.of(DURING), Pick.of(DURING_ROW))))
                .limit("A perceptron of 38,000 parameters and 300 images: nothing is said of CLIP.")
                .limit(
                        "WiSE-FT's α is not tuned; its curve shows that robustness can be bought with accuracy at any exchange"
                                + " rate. Model Stock picks one point without data.")
                .limit(
                        "Where fine-tuning is gentle, the angle is small, the ratio near one, and Model Stock is the average.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Robustness task = Robustness.prepare(160, seed, size);
        TrainConfig noisy = Robustness.config(size.of(10, 2), 0.005, "cosine");
        WeighedClassifier classifier = task.classifier();
        List<BatchSource> orders = IntStream.range(0, 6)
                .mapToObj(i -> task.clean().batches(4, seed.child("order").child(i)))
                .toList();
        List<Map<String, Tensor>> tuned = orders.stream()
                .map(order -> classifier.trained(task.pretrained(), order, noisy))
                .toList();
        TrainConfig mild = Robustness.config(size.of(10, 2), 0.001, "cosine");
        List<Map<String, Tensor>> gentle = IntStream.range(0, 2)
                .mapToObj(i -> classifier.trained(
                        task.pretrained(),
                        task.clean().batches(16, seed.child("gentle").child(i)),
                        mild))
                .toList();
        return arm -> switch (arm.method()) {
            case PRETRAINED -> measured(task, task.pretrained());
            case ONE -> mean(task, tuned.subList(0, 2));
            case TWO -> measured(task, InMemory.merge(new UniformSoupConfig(), tuned.subList(0, 2)));
            case SIX -> measured(task, InMemory.merge(new UniformSoupConfig(), tuned));
            case GREEDY ->
                measured(
                        task,
                        GreedySoup.of(tuned, weights -> classifier.accuracy(weights, task.held()))
                                .weights());
            case SWA -> measured(task, averaged(task, orders.get(0), noisy));
            case WISE ->
                measured(
                        task,
                        InMemory.merge(new WiseFtConfig(Knob.SHARE.of(arm)), List.of(task.pretrained(), tuned.get(0))));
            case LINES ->
                measured(task, InMemory.merge(new LinesConfig(0.1, 0.9, 3), List.of(task.pretrained(), tuned.get(0))));
            case AFTER -> stock(task, tuned.subList(0, 2), "tensor");
            case AFTER_ROW -> stock(task, tuned.subList(0, 2), "row");
            case THREE -> stock(task, tuned.subList(0, 3), "tensor");
            case DURING -> periodic(task, orders.subList(0, 2), noisy, "tensor");
            case DURING_ROW -> periodic(task, orders.subList(0, 2), noisy, "row");
            case GENTLE_TWO -> measured(task, InMemory.merge(new UniformSoupConfig(), gentle));
            case GENTLE -> stock(task, gentle, "tensor");
            default -> throw new IllegalArgumentException(arm.method());
        };
    }

    private static Measurement measured(Robustness task, Map<String, Tensor> weights) {
        return Measurement.of(task.values(weights));
    }

    private static Measurement mean(Robustness task, List<Map<String, Tensor>> models) {
        var mean = new HashMap<String, Double>();
        models.forEach(model ->
                task.values(model).forEach((key, value) -> mean.merge(key, value / models.size(), Double::sum)));
        return Measurement.of(mean);
    }

    /** The mean over the ends of the second half of the epochs, as in stochastic weight averaging. */
    private static Map<String, Tensor> averaged(Robustness task, BatchSource order, TrainConfig config) {
        try (var average = CheckpointAverage.mean()) {
            var watch = new TrainingEvents() {
                @Override
                public void afterEpoch(Moment moment) {
                    if (2 * moment.step() > moment.steps()) {
                        average.add(WeighedClassifier.still(moment.trainables()));
                    }
                }
            };
            task.classifier().trained(task.pretrained(), order, config, plain -> plain.with(watch));
            var copies = new LinkedHashMap<String, Tensor>();
            average.weights().forEach((name, tensor) -> copies.put(name, tensor.clone()));
            return copies;
        }
    }

    private static ModelStockConfig config(String granularity) {
        return Configs.bind(
                Configs.yaml("granularity: " + granularity, "the study"), ModelStockConfig.class, "model_stock");
    }

    private static Measurement stock(Robustness task, List<Map<String, Tensor>> models, String granularity) {
        StockRatios ratios = StockRatios.fit(config(granularity), task.pretrained(), models);
        var history = new StockHistory(config(granularity));
        history.add(0, ratios);
        return measured(task, ratios.merge(task.pretrained(), models), history);
    }

    private static Measurement periodic(
            Robustness task, List<BatchSource> orders, TrainConfig settings, String granularity) {
        var periodic = new PeriodicStockConfig(
                orders.size(), 0, PeriodicStockConfig.OptimizerState.KEEP, false, config(granularity));
        Map<String, Tensor> weights = WeighedClassifier.moving(task.pretrained());
        Task plain = Task.of(task.classifier().model(), Params.of(weights), orders.get(0), new CrossEntropy(0));
        try (var stock = ModelStockTraining.of(periodic, plain, settings, orders.subList(1, orders.size()));
                var trainer = new Trainer(plain.with(stock), settings, new TrainingListener() {}, null)) {
            trainer.run();
            return measured(task, WeighedClassifier.still(weights), stock.history());
        }
    }

    private static Measurement measured(Robustness task, Map<String, Tensor> weights, StockHistory history) {
        var values = new HashMap<>(task.values(weights));
        List<StockHistory.Merge> merges = history.merges();
        for (StockHistory.Merge merge : merges) {
            values.merge(RATIO.key(), merge.meanRatio() / merges.size(), Double::sum);
            merge.tensors()
                    .forEach(row -> values.merge(ratio(row.tensor()).key(), row.t() / merges.size(), Double::sum));
        }
        return new Measurement(
                values,
                Map.of(
                        CURVE,
                        merges.stream()
                                .mapToDouble(StockHistory.Merge::meanRatio)
                                .toArray()));
    }
}
