package org.counterweight.train.optimize;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;

/** Which rule moves the parameters, and its constants; rate and decay are settings of the run. */
public record OptimizerConfig(
        @Setting(
                value = "The rule",
                defaultsTo = "\"adamw\"",
                oneOf = {"adamw", "adam", "sgd", "rmsprop", "adagrad"})
        Name name,

        @Setting(value = "Adam: memory of the gradient's mean", defaultsTo = "0.9", range = "[0, 1)")
        double beta1,

        @Setting(value = "Adam: memory of the gradient's square", defaultsTo = "0.999", range = "[0, 1)")
        double beta2,

        @Setting(
                value = "Adam, RMSProp, Adagrad: added to the root of the square",
                defaultsTo = "1e-8",
                range = "above 0; 1e-8 is usual")
        double eps,

        @Setting(value = "SGD: share of the last direction that is kept", defaultsTo = "0.0", range = "[0, 1)")
        double momentum,

        @Setting(value = "SGD: look ahead along the momentum", defaultsTo = "false")
        boolean nesterov,

        @Setting(value = "RMSProp: memory of the gradient's square", defaultsTo = "0.99", range = "[0, 1)")
        double rho) {

    /** The rules by name. */
    public enum Name {
        ADAMW,
        ADAM,
        SGD,
        RMSPROP,
        ADAGRAD
    }

    public OptimizerConfig {
        Checks.ranges(OptimizerConfig.class, "optimizer", beta1, beta2, eps, momentum, rho);
        if (nesterov && momentum == 0) {
            throw new ConfigException("optimizer.nesterov", true, "false without momentum");
        }
    }

    /** AdamW with the usual constants. */
    public static OptimizerConfig adamw() {
        return new OptimizerConfig(Name.ADAMW, 0.9, 0.999, 1e-8, 0, false, 0.99);
    }

    public static OptimizerConfig sgd(double momentum) {
        return new OptimizerConfig(Name.SGD, 0.9, 0.999, 1e-8, momentum, false, 0.99);
    }

    public UpdateRule rule() {
        return switch (name) {
            case ADAMW -> new Adam(beta1, beta2, eps, true);
            case ADAM -> new Adam(beta1, beta2, eps, false);
            case SGD -> new Sgd(momentum, nesterov);
            case RMSPROP -> new RmsProp(rho, eps);
            case ADAGRAD -> new Adagrad(eps);
        };
    }
}
