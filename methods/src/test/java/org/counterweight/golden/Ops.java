package org.counterweight.golden;

import java.util.Map;

/** The operations of all golden cases, by method and name. */
final class Ops {
    private static final Map<String, Map<String, Op>> BY_METHOD = Map.ofEntries(
            Map.entry("ab-weighted-training", AbTestOps.ALL),
            Map.entry("adalora", AdaLoraOps.ALL),
            Map.entry("bcwi", BcwiOps.ALL),
            Map.entry("bone", BoneOps.ALL),
            Map.entry("bora", BoraOps.ALL),
            Map.entry("cfg-schedulers", GuidanceOps.ALL),
            Map.entry("compacter", CompacterOps.ALL),
            Map.entry("dataset-distillation", DistillationOps.ALL),
            Map.entry("dawin", DawinOps.ALL),
            Map.entry("double-weighting", DoubleWeightingOps.ALL),
            Map.entry("fair-correlation-shifts", FairCorrelationOps.ALL),
            Map.entry("fedgp", FedGpOps.ALL),
            Map.entry("fewgen", FewGenOps.ALL),
            Map.entry("grace", GraceOps.ALL),
            Map.entry("loss-reweighting", LossReweightingOps.ALL),
            Map.entry("mergekit-format", MergekitOps.ALL),
            Map.entry("model-stock", ModelStockOps.ALL),
            Map.entry("peft-format", PeftOps.ALL),
            Map.entry("sorsa", SorsaOps.ALL),
            Map.entry("strurw", StruRwOps.ALL),
            Map.entry("weight-aligning", WeightAligningOps.ALL),
            Map.entry("weight-balancing", WeightBalancingOps.ALL),
            Map.entry("weight-compander", WeightCompanderOps.ALL),
            Map.entry("weight-normalization", WeightNormOps.ALL),
            Map.entry("weight-poisoning", WeightPoisoningOps.ALL),
            Map.entry("zoo", ZooOps.ALL));

    private Ops() {}

    static Op named(String method, String op) {
        Map<String, Op> ops = BY_METHOD.get(method);
        if (ops == null) {
            throw new IllegalArgumentException("unknown method " + method + "; known: " + BY_METHOD.keySet());
        }
        Op found = ops.get(op);
        if (found == null) {
            throw new IllegalArgumentException("unknown op " + op + " of " + method + "; known: " + ops.keySet());
        }
        return found;
    }
}
