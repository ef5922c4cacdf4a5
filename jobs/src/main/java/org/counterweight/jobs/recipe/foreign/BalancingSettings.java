package org.counterweight.jobs.recipe.foreign;

import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A settings file of Hasegawa and Sato's code (ICLR 2024) as a recipe with a section {@code balance}. It is of one stage; the
 * second one, which their code runs as a project of its own from a saved model, is here {@code balance.second} of one run.
 */
final class BalancingSettings {
    private static final String NONE = "none";

    private BalancingSettings() {}

    static ObjectNode recipe(ForeignKeys file) {
        ObjectNode recipe = Configs.yaml("""
            task: image_classification
            train: {warmup: 0}
            """, "settings of Weight Balancing");
        recipe.putObject("output").put("title", file.word("exp_name", ""));
        if (!file.word("project_name", "first").equals("first")) {
            throw file.wrong(
                    "project_name",
                    "\"first\"; a second stage is here part of the same run: take the first stage's"
                            + " settings, and --set balance.second={}");
        }
        ObjectNode train = recipe.withObject("train");
        JsonNode seed = file.single("seeds", "run them one after another, each with --set train.seed=N");
        if (seed != null) {
            train.set("seed", seed);
        }
        data(file.section("data"), train);
        ObjectNode balance = recipe.putObject("balance").putNull("second");
        model(file.section("model"), recipe, balance);
        learning(file.section("optim"), train, balance);
        file.done();
        return recipe;
    }

    private static void data(ForeignKeys data, ObjectNode train) {
        data.pass("name", "n_classes"); // where its rows lie is said by --set data.train
        double factor = data.number("imb_factor", 1);
        String type = data.word("imb_type", NONE);
        if (factor != 1 && !type.equals(NONE)) {
            throw data.wrong(
                    "imb_factor", "1: rows are taken as they are here; bring those that have a long tail already");
        }
        train.put("batch_size", data.count("batch_size", 64));
        data.done();
    }

    private static void model(ForeignKeys model, ObjectNode recipe, ObjectNode balance) {
        if (!model.word("name", "resnet34").equals("resnet34")) {
            throw model.wrong("name", "\"resnet34\"; of another write the recipe's model yourself");
        }
        recipe.set(
                "model",
                Configs.yaml("{architecture: {type: resnet, width: 64, depths: [3, 4, 6, 3]}}", "the network"));
        if (model.flag("is_pretrained")) {
            throw model.wrong("is_pretrained", "false; name a model that there is by --set model.name=DIR");
        }
        model.pass("pretrained_path");
        boolean balanced = model.flag("use_dr_balancer");
        boolean trainsNorms = model.flag("train_etf_norm");
        double rate = model.number("etf_norm_rate", 1);
        if (model.flag("use_etf")) {
            balance.putObject("etf")
                    .put("norm_rate", rate)
                    .put("train_norms", trainsNorms)
                    .put("balanced", balanced);
        }
        balance.put("normalize_features", model.flag("normalize_feature"));
        double tau = model.number("logit_adjustment_tau", 0);
        boolean inTraining = model.flag("logit_adjustment_for_training");
        boolean additive = model.flag("use_additive_logit_adjustment");
        if (tau > 0) {
            balance.putObject("adjust")
                    .put("mode", additive ? "additive" : "multiplicative")
                    .put("when", inTraining ? "training" : "after")
                    .put("tau", tau)
                    .put("select_on", "raw");
        }
        if (model.flag("logit_normalization")) {
            throw model.wrong("logit_normalization", "false; logits are not normalised here");
        }
        JsonNode bent = model.find("last_relu");
        if (bent != null && !bent.asBoolean()) {
            throw model.wrong("last_relu", "true; the network's features come from a ReLU");
        }
        if (model.number("bn_eps", 1e-5) != 1e-5) {
            throw model.wrong("bn_eps", "1e-5");
        }
        model.done();
    }

    private static void learning(ForeignKeys optim, ObjectNode train, ObjectNode balance) {
        train.put("lr", optim.number("base_lr", 0.01)).put("epochs", optim.count("total_epoch_num", 320));
        String name = optim.word("optimizer", "SGD");
        switch (name) {
            case "SGD" -> train.putObject("optimizer").put("name", "sgd").put("momentum", 0.9);
            case "AdamW" -> train.putObject("optimizer").put("name", "adamw");
            default -> throw optim.wrong("optimizer", "\"SGD\" or \"AdamW\"");
        }
        loss(optim, balance);
        decay(optim, balance);
        balance.put("feature_decay", optim.number("features_regularization", 0));
        norm(optim, balance);
        optim.done();
    }

    private static void loss(ForeignKeys optim, ObjectNode balance) {
        String form = optim.word("cb_type", "softmax");
        double beta = optim.number("cb_beta", 0.9999);
        double gamma = optim.number("cb_gamma", 2);
        int deferred = optim.count("drw", 0);
        switch (optim.word("loss_type", "CE")) {
            case "CE" -> balance.put("loss", "cross_entropy");
            case "CB" -> weighted(optim, balance, form, beta, gamma, deferred);
            case "FL" -> weighted(optim, balance, "focal", 0, gamma, deferred);
            case "DR" -> balance.put("loss", "dot_regression");
            case "NC" -> balance.put("loss", "neural_collapse");
            default -> throw optim.wrong("loss_type", "CE, CB, DR, FL or NC");
        }
    }

    private static void weighted(
            ForeignKeys optim, ObjectNode balance, String form, double beta, double gamma, int deferred) {
        if (form.equals("dr")) {
            throw optim.wrong("cb_type", "softmax, sigmoid or focal; loss_type: DR is the dot regression");
        }
        balance.putObject("loss")
                .put("kind", "class_balanced")
                .put("form", form)
                .put("beta", beta)
                .put("gamma", gamma)
                .put("deferred", deferred);
    }

    /** One decay of all tensors, or of the convolutions or norms alone. */
    private static void decay(ForeignKeys optim, ObjectNode balance) {
        Double all = decay(optim, "weight_decay");
        Double convolutions = decay(optim, "weight_decay_conv");
        Double norms = decay(optim, "weight_decay_bn");
        if ((all == null ? 0 : 1) + (convolutions == null ? 0 : 1) + (norms == null ? 0 : 1) > 1) {
            throw optim.wrong("weight_decay", "0 beside a decay of convolutions or norms alone, of which one is given");
        }
        balance.put("decays", convolutions != null ? "convolutions" : norms != null ? "norms" : "all");
        Double decay = convolutions != null ? convolutions : norms != null ? norms : all;
        balance.put("weight_decay", decay == null ? 0 : decay);
    }

    private static @Nullable Double decay(ForeignKeys optim, String key) {
        double value = optim.number(key, 0);
        return value == 0 ? null : Double.valueOf(value);
    }

    private static void norm(ForeignKeys optim, ObjectNode balance) {
        double parameter = optim.number("norm_param", 1);
        switch (optim.word("norm_type", NONE)) {
            case NONE -> {}
            case "L2" -> balance.putObject("tau_norm").put("tau", 1.0);
            case "tau" -> balance.putObject("tau_norm").put("tau", parameter);
            default ->
                throw optim.wrong(
                        "norm_type",
                        "none, L2 or tau; a ball is part of the second stage: --set" + " balance.second.max_norm={}");
        }
    }
}
