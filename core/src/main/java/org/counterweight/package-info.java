/**
 * Everything here weighs something. A method is one of five verbs, and the verb says where it lives:
 *
 * <ul>
 *   <li><b>parametrize</b>: a named weight is computed from other tensors. {@link org.counterweight.model.Parametrization},
 *       put in its place by {@link org.counterweight.model.Params#parametrized}; methods in {@code adapt},
 *       and in {@code reparametrize} those that train all of a model so;
 *   <li><b>tap</b>: what a module makes of its input is changed from outside. {@link org.counterweight.model.Tap}, put at a
 *       point by {@link org.counterweight.model.Params#tapped}; methods in {@code adapt} and {@code edit};
 *   <li><b>weigh</b>: rows get a number each. {@link org.counterweight.train.weigh.Weigher}, handed to
 *       {@link org.counterweight.train.Task#weighedBy}; methods in {@code reweigh}, and in {@code shift} those that weigh the
 *       rows of whole tables before training;
 *   <li><b>combine</b>: several sets of weights become one. {@link org.counterweight.weights.Combiner}, in memory or streamed
 *       from files; methods in {@code merge};
 *   <li><b>run</b>: a training run and what acts inside it. {@link org.counterweight.train.Trainer} and
 *       {@link org.counterweight.train.event.TrainingEvents}.
 * </ul>
 *
 * <p>The rooms, from the bottom: {@code engine} (LibTorch, made ready and made safe), {@code config} (settings as records),
 * {@code weights} (tensors on disk), {@code model} with {@code zoo} (models as pure functions of named weights),
 * {@code data}, {@code train}. Above them the modules: the methods by family, each with its part of the {@code catalogue},
 * {@code datasets} (what can be had by name), {@code report} (pages and pictures), {@code jobs} (what the program does for its
 * user), {@code studies} (the papers' claims in small), {@code cli} (words to jobs). Arrows point down only; a test holds them.
 *
 * <p>Ten lines for each verb; {@code docs/library.md} has whole programs. A weight <b>parametrized</b>, by a class of one's own
 * or by a method of the catalogue:
 *
 * <pre>{@code
 * record Gain(Tensor gain) implements Parametrization {
 *     public Tensor weight(Tensor base) {
 *         return base.mul(gain); // [out, in] by [out, 1]
 *     }
 *     public Map<String, Tensor> trainables() {
 *         return Map.of("gain", gain);
 *     }
 *     public Parametrization with(Map<String, Tensor> tensors) {
 *         return new Gain(tensors.get("gain"));
 *     }
 * }
 * Params adapted = params.parametrized(Map.of("classifier.weight", new Gain(gain)));
 * }</pre>
 *
 * <p>An activation <b>tapped</b>, at one of {@link org.counterweight.model.Model#points}:
 *
 * <pre>{@code
 * record Halved() implements Tap {
 *     public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
 *         return out.mul(Tensors.scalar(0.5));
 *     }
 *     public Map<String, Tensor> trainables() {
 *         return Map.of();
 *     }
 *     public Tap with(Map<String, Tensor> tensors) {
 *         return this;
 *     }
 * }
 * Params tapped = params.tapped(Map.of(model.points().get(0), new Halved()));
 * }</pre>
 *
 * <p>Rows <b>weighed</b>, in a {@link org.counterweight.train.Task} or a loop of one's own:
 *
 * <pre>{@code
 * Weigher hardest = rows -> rows.losses().eq(rows.losses().max()).to(ScalarType.Float);
 * Objective.Losses losses = new CrossEntropy(0).losses(model, params, batch, pass);
 * Tensor weights = hardest.weights(new Rows(losses.perRow().detach(), losses.units(), batch, step));
 * losses.perRow().mul(weights).sum().backward();
 * }</pre>
 *
 * <p>Models <b>combined</b>, tensor by tensor:
 *
 * <pre>{@code
 * Combiner mean = (name, tensors) -> tensors.get(0).add(tensors.get(1)).div(Tensors.scalar(2));
 * Map<String, Tensor> merged = InMemory.merge(mean, List.of(one, other));
 * }</pre>
 *
 * <p>A training <b>run</b>, on a model from its directory:
 *
 * <pre>{@code
 * try (var scope = Scope.open();
 *         var files = ModelDirectory.open(directory)) {
 *     Model model = Architectures.of(files.config());
 *     var weights = new LinkedHashMap<>(Architectures.fit(model, files.all()).byName());
 *     weights.replaceAll((name, tensor) -> tensor.clone().requires_grad_(true));
 *     Task task = Task.of(model, Params.of(weights), batches, new CrossEntropy(0));
 *     try (var trainer = new Trainer(task, TrainConfig.of("{epochs: 1}"), new TrainingListener() {}, null)) {
 *         TrainingResult result = trainer.run();
 *     }
 * }
 * }</pre>
 */
@NullMarked
package org.counterweight;

import org.jspecify.annotations.NullMarked;
