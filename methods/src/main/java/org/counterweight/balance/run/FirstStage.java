package org.counterweight.balance.run;

import org.counterweight.balance.adjust.AdjustConfig;
import org.counterweight.balance.adjust.AdjustedAccuracy;
import org.counterweight.config.Configs;
import org.counterweight.model.Model;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.train.TrainConfig;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The settings of the first stage: what decays, and by which figure its best epoch is told. */
final class FirstStage {
    private static final String BALANCED = "balanced_accuracy";

    private FirstStage() {}

    static TrainConfig settings(BalanceConfig balance, TrainConfig given, Model model, Iterable<String> trainables) {
        ObjectNode tree = Configs.tree(given);
        decay(balance, tree, model, trainables);
        if (!given.figures().contains(BALANCED)) {
            metrics(tree).add(BALANCED);
        }
        AdjustConfig adjust = balance.adjust();
        boolean adjusted = adjust != null && adjust.selectsAdjusted();
        if (adjust != null && adjusted && !given.figures().contains(AdjustedAccuracy.NAME)) {
            ObjectNode metric = metrics(tree).addObject();
            metric.put("kind", "adjusted_accuracy");
            metric.set("adjust", Configs.tree(adjust));
        }
        tree.put("best_by", adjusted ? AdjustedAccuracy.NAME : BALANCED);
        return Configs.bind(tree, TrainConfig.class, "train");
    }

    private static ArrayNode metrics(ObjectNode tree) {
        return (ArrayNode) tree.required("metrics");
    }

    /** Groups of the user's own come first, and so keep their say. */
    private static void decay(BalanceConfig balance, ObjectNode tree, Model model, Iterable<String> trainables) {
        Double decay = balance.weightDecay();
        if (decay == null) {
            return;
        }
        if (balance.decays() == BalanceConfig.Decays.ALL) {
            tree.put("weight_decay", decay);
            tree.put("decay_all", true);
            return;
        }
        tree.put("weight_decay", 0.0);
        ArrayNode groups = (ArrayNode) tree.required("groups");
        for (String name : trainables) {
            ModuleSpec module = model.modules().find(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
            if (module != null && decays(balance.decays(), module.kind())) {
                ObjectNode group = groups.addObject();
                group.put("names", name);
                group.put("weight_decay", decay);
            }
        }
    }

    private static boolean decays(BalanceConfig.Decays what, ModuleSpec.Kind kind) {
        return switch (kind) {
            case CONVOLUTION, TRANSPOSED_CONVOLUTION -> what == BalanceConfig.Decays.CONVOLUTIONS;
            case NORM -> what == BalanceConfig.Decays.NORMS;
            case LINEAR, EMBEDDING, RECURRENT -> false;
        };
    }
}
