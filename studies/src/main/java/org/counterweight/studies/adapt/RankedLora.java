package org.counterweight.studies.adapt;

import static org.bytedeco.pytorch.global.torch.empty;
import static org.counterweight.engine.Tensors.optional;
import static org.counterweight.engine.Tensors.toDoubles;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.counterweight.adapt.Attachment;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.engine.Scope;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;

/**
 * LoRA with a rank of its own for each linear module, alpha equal to it.
 *
 * @param ranks one for each of {@link Model#linears}; 0 leaves the module alone
 */
record RankedLora(List<Integer> ranks) implements Attachment {
    RankedLora {
        ranks = List.copyOf(ranks);
    }

    @Override
    public Params attach(Model model, Params params, Generator random) {
        var adapters = new LinkedHashMap<String, Parametrization>();
        for (int i = 0; i < ranks.size(); i++) {
            String module = model.modules().linears().get(i);
            String weight = module + ".weight";
            int rank = ranks.get(i);
            if (rank > 0) {
                adapters.put(
                        weight,
                        new LoraConfig(rank, rank, false, 0, List.of(module))
                                .create(module, params.weight(weight), random));
            }
        }
        return params.parametrized(adapters);
    }

    /** The control: a budget dealt out rank by rank, each to a module at random. */
    record Dealt(int budget) implements Attachment {
        @Override
        public Params attach(Model model, Params params, Generator random) {
            return new RankedLora(deal(model.modules().linears().size(), random)).attach(model, params, random);
        }

        List<Integer> deal(int modules, Generator random) {
            int[] ranks = new int[modules];
            try (var scope = Scope.open()) {
                for (double place : toDoubles(empty(budget).uniform_(0, modules, optional(random)))) {
                    ranks[(int) place]++;
                }
            }
            return IntStream.of(ranks).boxed().toList();
        }
    }
}
