import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.federate.call.Participant;
import org.counterweight.federate.run.Federated;
import org.counterweight.federate.run.Federation;
import org.counterweight.federate.run.RoundLog;
import org.counterweight.federate.run.Target;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.model.Model;

final class Federate {
    /** A model for the target, of whose rows few are labelled, beside sources that have many; all of one model's kind. */
    static void federate(Model model, LabelledDataset target, List<LabelledDataset> sources, FederateConfig config) {
        try (var scope = Scope.open()) {
            Map<String, Tensor> start = model.initialize(new Seed(7).generator());
            var mine = new Target(new Participant("mine", target, Participant.Rehearsal.NONE), target, target);
            List<Participant> others = sources.stream()
                    .map(rows -> new Participant("source " + sources.indexOf(rows), rows, Participant.Rehearsal.NONE))
                    .toList();
            var federation = new Federation(config, model, start, mine, others, new Seed(7), 2);
            Federated found = federation.run(FederatedAlgorithm.FEDGP, null, new Federation.Following() {
                @Override
                public boolean isStopped() {
                    return false;
                }

                @Override
                public void round(FederatedAlgorithm way, RoundLog log) {
                    System.out.println("round " + log.round() + ": " + log.betas());
                }
            });
            System.out.println(found.weights().size() + " weights, right of " + found.accuracy());
        }
    }
}
