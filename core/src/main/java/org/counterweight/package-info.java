/**
 * Everything here weighs something. A method is one of five verbs, and the verb says where it lives:
 *
 * <ul>
 *   <li><b>parametrize</b>: a named weight is computed from other tensors. {@link org.counterweight.model.Parametrization},
 *       put in its place by {@link org.counterweight.model.Params#parametrized}; methods in {@code adapt};
 *   <li><b>tap</b>: what a module makes of its input is changed from outside. {@link org.counterweight.model.Tap}, put at a
 *       point by {@link org.counterweight.model.Params#tapped}; methods in {@code adapt};
 *   <li><b>weigh</b>: rows get a number each. {@link org.counterweight.train.weigh.Weigher}, handed to
 *       {@link org.counterweight.train.Task#weighedBy}; methods in {@code reweigh};
 *   <li><b>combine</b>: several sets of weights become one. {@link org.counterweight.weights.Combiner}, in memory or streamed
 *       from files; methods in {@code merge};
 *   <li><b>run</b>: a training run and what acts inside it. {@link org.counterweight.train.Trainer} and
 *       {@link org.counterweight.train.TrainingEvents}.
 * </ul>
 *
 * <p>The rooms, from the bottom: {@code engine} (LibTorch, made ready and made safe), {@code config} (settings as records),
 * {@code weights} (tensors on disk), {@code model} with {@code zoo} (models as pure functions of named weights),
 * {@code data}, {@code train}. Above them the modules: the methods by family with their {@code catalogue}, {@code datasets}
 * (what can be had by name), {@code report} (pages and pictures), {@code jobs} (what the program does for its user),
 * {@code studies} (the papers' claims in small), {@code cli} (words to jobs). Arrows point down only; a test holds them.
 *
 * <p>A model from its directory, asked:
 *
 * <pre>{@code
 * try (var scope = Scope.open(); var files = ModelDirectory.open(directory)) {
 *     Model model = Architectures.of(files.config());
 *     Params params = Params.of(Architectures.fit(model, files.all()).byName());
 *     Tensor logits = model.forward(params, batch, Pass.evaluation()).logits();
 * }
 * }</pre>
 */
@NullMarked
package org.counterweight;

import org.jspecify.annotations.NullMarked;
